"""What an examination found, and how a person is told."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text


class Health(StrEnum):
    """How good a finding is."""

    GOOD = "good"
    ABSENT = "absent"
    """Not there, and not needed for what runs."""
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    health: Health
    detail: str
    mend: str = ""


def good(what: str, detail: str) -> Finding:
    """It is as it should be."""
    return Finding(what, Health.GOOD, detail)


def absent(what: str, detail: str, mend: str = "") -> Finding:
    """It is not there, which is no fault."""
    return Finding(what, Health.ABSENT, detail, mend)


def bad(what: str, detail: str, mend: str) -> Finding:
    """It stands in the way, and `mend` says what to do."""
    return Finding(what, Health.BAD, detail, mend)


_MARKS = {
    Health.GOOD: ("✓", "green"),
    Health.ABSENT: ("–", "dim"),
    Health.BAD: ("✗", "bold red"),
}


def print_json(findings: Sequence[Finding]) -> None:
    """One JSON array of every finding."""
    Console(highlight=False, soft_wrap=True).print_json(json.dumps([asdict(f) for f in findings]))


def print_table(findings: Sequence[Finding]) -> None:
    """A line for each finding, and under it how to mend it."""
    table = Table.grid("", "", Column(overflow="fold"), padding=(0, 1))
    for finding in findings:
        mark, style = _MARKS[finding.health]
        detail = Text(finding.detail)
        if finding.mend:
            detail.append(
                f"\n→ {finding.mend}", "yellow" if finding.health is Health.BAD else "dim"
            )
        table.add_row(Text(mark, style), Text(finding.what, "bold"), detail)
    Console(highlight=False).print(table)
