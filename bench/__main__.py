"""`python -m bench [NAME]`: tables for people, and one JSON object as the last line."""

import json
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from bench import call, fanout, heal, idle, machine, post, recording, signaling
from bench.figures import Outcome, Target, show_targets, table
from bench.parley import SETTINGS

Run = Callable[[Console, int, float], Awaitable[Outcome]]


class Name(StrEnum):
    """What can be measured."""

    FANOUT = "fanout"
    POST = "post"
    IDLE = "idle"
    SIGNALING = "signaling"
    CALL = "call"
    RECORDING = "recording"
    HEAL = "heal"


RUNS: dict[Name, Run] = {
    Name.FANOUT: fanout.run,
    Name.POST: post.run,
    Name.IDLE: idle.run,
    Name.SIGNALING: signaling.run,
    Name.CALL: call.run,
    Name.RECORDING: recording.run,
    Name.HEAL: heal.run,
}


def main(
    name: Annotated[Name | None, typer.Argument(help="One of them; all without.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Windows of each measure.")] = 5,
    seconds: Annotated[float, typer.Option(min=1, help="Length of a window.")] = 8.0,
) -> None:
    """Measure Parley, beside its peers where there are any, in one run on this machine."""
    machine.raise_file_limit()
    console = Console(highlight=False, width=max(Console().width, 120))
    chosen = [name] if name else list(RUNS)
    report = uvloop.run(_measure(console, chosen, repeats, seconds))
    sys.stdout.write(json.dumps(report) + "\n")


async def _measure(
    console: Console, chosen: list[Name], repeats: int, seconds: float
) -> dict[str, Any]:
    described = machine.described()
    console.print(table("Machine", ("", "value"), list(described.items())))
    console.print(table("Settings for the load", ("variable", "value"), list(SETTINGS.items())))
    report: dict[str, Any] = {"machine": described, "settings": SETTINGS, "seconds": seconds}
    targets: list[Target] = []
    for name in chosen:
        outcome = await RUNS[name](console, repeats, seconds)
        for shown in outcome.tables:
            console.print(shown)
        report[name.value] = outcome.figures
        targets += outcome.targets
    show_targets(console, targets)
    report["targets"] = [target.as_json() for target in targets]
    return report


if __name__ == "__main__":
    typer.run(main)
