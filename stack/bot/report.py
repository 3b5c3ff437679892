"""How a visit of bots is told: to a person in a table, to a program in JSON."""

import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from stack.bot.crowd import Outcome
from stack.bot.figures import PeerFigures


def print_json(outcome: Outcome) -> None:
    """One JSON object: `callers` with all figures, and `faults`, a list of sentences."""
    Console(highlight=False, soft_wrap=True).print_json(json.dumps(asdict(outcome)))


def print_table(outcome: Outcome) -> None:
    """A line for each participant that each bot met, then what is wrong."""
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("bot", "met", "state", "route", "connected", "picture", "gap", "age", "tone"):
        table.add_column(heading)
    table.add_column("kbit/s", justify="right")
    for caller in outcome.callers:
        for peer in caller.peers:
            table.add_row(caller.session[-6:], peer.session[-6:], *_cells(peer))
    console.print(table)
    for fault in outcome.faults:
        console.print(f"✗ {fault}", style="red")
    if not outcome.faults:
        console.print("✓ everybody sees and hears everybody", style="green")


def _cells(peer: PeerFigures) -> list[str]:
    video, audio = peer.video, peer.audio
    return [
        peer.state,
        "–".join(filter(None, peer.route)),
        "" if peer.connected_ms is None else f"{peer.connected_ms} ms",
        f"{video.size[0]}×{video.size[1]} {video.rate:.0f}/s",
        f"{max(video.longest_gap_ms, audio.longest_gap_ms)} ms",
        f"{video.age_ms[0]} ms" if video.age_ms else "",
        f"{audio.tone:.0%}",
        str(peer.kbps),
    ]
