"""The `parley` command."""

import importlib
import os
import sys
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from stack.bot.command import bot
from stack.data import DataFolder

app = typer.Typer(
    name="parley",
    help="Rooms for people who want to talk on their own servers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
chat = typer.Typer(help="Work on the timelines.", no_args_is_help=True)
rooms = typer.Typer(help="Work on rooms and their read models.", no_args_is_help=True)
app.add_typer(chat, name="chat")
app.add_typer(rooms, name="rooms")
app.command()(bot)

DEFAULT_DATA = Path(".parley")

Data = Annotated[
    Path, typer.Option("--data", envvar="PARLEY_DATA", help="Folder for data, secrets and logs.")
]


class Name(StrEnum):
    """The processes that `parley serve` knows."""

    AUTH = "auth"
    ROOMS = "rooms"
    CHAT = "chat"
    SIGNALING = "signaling"
    GATEWAY = "gateway"


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; this machine alone, or with --https every one."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on; 8080 if it is free. 0: any."),
    ] = None,
    gateways: Annotated[int, typer.Option(min=1, max=64, help="How many gateways to run.")] = 1,
    https: Annotated[
        bool,
        typer.Option(help="Make a self-signed certificate: cameras then work from other machines."),
    ] = False,
    turn_relay_only: Annotated[
        bool,
        typer.Option(
            "--turn-relay-only",
            envvar="PARLEY_TURN_RELAY_ONLY",
            help="Send every call through the TURN relay: people never learn others' addresses.",
        ),
    ] = False,
    json: Annotated[
        bool, typer.Option(help="Say what happens in JSON, one object a line.")
    ] = False,
    verbose: Annotated[bool, typer.Option(help="Show the log lines of every process.")] = False,
) -> None:
    """Run the whole system on this machine, until Ctrl-C."""
    from stack.report import ConsoleReport, JsonReport
    from stack.system import Wishes
    from stack.up import up as run

    wishes = Wishes(
        data=data,
        host=host or ("0.0.0.0" if https else "127.0.0.1"),  # noqa: S104 - that is what it is for
        port=port,
        gateways=gateways,
        https=https,
        turn_relay_only=turn_relay_only,
        verbose=verbose,
    )
    sys.exit(run(wishes, JsonReport() if json else ConsoleReport()))


@app.command()
def serve(name: Annotated[Name, typer.Argument(help="Which process.")]) -> None:
    """Run one process, set up by its environment: what a container runs."""
    from stack.serving import serve as run

    run(name)


@app.command()
def doctor(
    data: Data = DEFAULT_DATA,
    call: Annotated[
        bool, typer.Option(help="Have two bots call each other through the system.")
    ] = True,
    json: Annotated[bool, typer.Option(help="Say it in JSON.")] = False,
) -> None:
    """Tell what is reachable, what is not, and how to mend it."""
    from stack.doctor import examine

    sys.exit(examine(DataFolder(data), as_json=json, call=call))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"parley {metadata.version('parley')}")


@chat.command()
def reproject(data: Data = DEFAULT_DATA) -> None:
    """Rebuild the index of every timeline from the log."""
    _act_as("chat", data)
    importlib.import_module("services.chat.reproject").main()


@rooms.command()
def rebuild(data: Data = DEFAULT_DATA) -> None:
    """Rebuild the read models of rooms and members from the database."""
    _act_as("rooms", data)
    importlib.import_module("services.rooms.rebuild").main()


def _act_as(service: str, data: Path) -> None:
    """Take the environment of a system that runs here, where none was given."""
    if "NATS_URL" in os.environ:
        return
    running = DataFolder(data).read_running()
    if running is None:
        typer.echo(
            f"No system runs on {data}: start one with `parley up`, name its folder with --data, "
            "or set NATS_URL and MONGODB_URL.",
            err=True,
        )
        raise typer.Exit(2)
    os.environ.update(running["environment"][service])


if __name__ == "__main__":
    app()
