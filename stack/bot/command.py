"""`parley bot`: bots that join a call, send a test picture and a tone, and judge what they get."""

import asyncio
import re
import signal
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from contracts.errors import Refusal
from stack.bot.figures import LONGEST_GAP_MS
from stack.bot.pattern import SMALLEST
from stack.data import DataFolder

if TYPE_CHECKING:  # aiortc takes half a second to load, which the other commands need not wait for
    from stack.bot.crowd import Orders, Outcome

_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")


def bot(
    url: Annotated[
        list[str] | None,
        typer.Option(
            help="A gateway; several, where one may go. The system of --data if left out."
        ),
    ] = None,
    room: Annotated[
        str, typer.Option(help="Id or address of a room; rooms of their own if left out.")
    ] = "",
    invite: Annotated[
        str, typer.Option(help="Invitation into it; without an account the bots are guests.")
    ] = "",
    account: Annotated[str, typer.Option(help="Who they are; a passing account if left out.")] = "",
    password: Annotated[
        str, typer.Option(envvar="PARLEY_BOT_PASSWORD", help="Of the account.", show_envvar=True)
    ] = "",
    peers: Annotated[int, typer.Option(min=1, max=200, help="How many bots.")] = 2,
    per_room: Annotated[
        int, typer.Option(min=0, max=16, help="Bots in each of their own rooms; 0: a call's limit.")
    ] = 0,
    seconds: Annotated[float, typer.Option(min=1, help="How long they stay.")] = 10,
    size: Annotated[str, typer.Option(help="Of the picture.")] = "320x240",
    rate: Annotated[int, typer.Option(min=1, max=60, help="Pictures a second.")] = 15,
    relay_only: Annotated[bool, typer.Option(help="By TURN alone.")] = False,
    transport: Annotated[str, typer.Option(help="To TURN: udp, tcp or tls.")] = "",
    max_gap: Annotated[
        int, typer.Option(min=50, help="Milliseconds without picture or sound that still pass.")
    ] = LONGEST_GAP_MS,
    insecure: Annotated[bool, typer.Option(help="Believe any certificate.")] = False,
    data: Annotated[
        Path, typer.Option("--data", envvar="PARLEY_DATA", help="Folder of the system that runs.")
    ] = Path(".parley"),
    json: Annotated[bool, typer.Option(help="Say it in JSON.")] = False,
) -> None:
    """Join a call as headless peers and judge what arrives; exit code 1 where it is not well."""
    from stack.bot.account import NotSignedIn
    from stack.bot.caller import Sends
    from stack.bot.crowd import NoPlace, Orders
    from stack.bot.report import print_json, print_table

    folder = DataFolder(data)
    urls = [each.rstrip("/") for each in url or _running(folder)]
    if account and not password:
        password = typer.prompt("Password", hide_input=True)
    orders = Orders(
        urls=urls,
        room=room,
        invite=invite,
        account=account,
        password=password,
        peers=peers,
        per_room=per_room,
        seconds=seconds,
        sends=Sends(size=_size(size), rate=rate, relay_only=relay_only, transport=transport),
        longest_gap_ms=max_gap,
        trust=trust(folder, insecure=insecure) if urls[0].startswith("https") else None,
    )
    try:
        outcome = asyncio.run(_until_told(orders))
    except (NotSignedIn, NoPlace, TimeoutError) as error:
        _fail(str(error))
    except Refusal as refusal:
        _fail(refusal.message)
    (print_json if json else print_table)(outcome)
    raise typer.Exit(1 if outcome.faults else 0)


def trust(folder: DataFolder, *, insecure: bool = False) -> ssl.SSLContext:
    """Whom to believe: the public authorities, and the certificate of the system of this folder."""
    context = ssl.create_default_context()
    own = folder.tls / "certificate.pem"
    if own.exists():
        context.load_verify_locations(own)
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def _until_told(orders: "Orders") -> "Outcome":
    """Ctrl-C ends the visit early; what was measured is still told."""
    from stack.bot.crowd import send

    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    return await send(orders, until=told.wait)


def _running(folder: DataFolder) -> list[str]:
    found = folder.read_running()
    if found is None:
        _fail(f"No system runs on {folder.path}: start one with `parley up`, or give --url.")
    return list(found["gateways"])


def _size(text: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise typer.BadParameter("a size is written 320x240", param_hint="--size")
    width, height = int(found[1]), int(found[2])
    if width < SMALLEST[0] or height < SMALLEST[1] or width % 2 or height % 2:
        least = "x".join(map(str, SMALLEST))
        raise typer.BadParameter(f"even numbers, at least {least}", param_hint="--size")
    return width, height


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
