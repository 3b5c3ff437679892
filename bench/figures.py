"""Figures: percentiles of one window, medians and spread over repeated ones, targets, tables."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


def percentile(values: Sequence[float], part: float) -> float:
    """The value that `part` (0–1) of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


@dataclass(frozen=True)
class Figure:
    """A measure over repeated windows."""

    values: tuple[float, ...]
    digits: int = 2

    @property
    def median(self) -> float:
        """The middle one: a machine that others use too has outliers in one direction."""
        return round(statistics.median(self.values), self.digits)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.median}"
        low, high = round(min(self.values), self.digits), round(max(self.values), self.digits)
        return f"{self.median} ({low}–{high})"

    def as_json(self) -> dict[str, Any]:
        """Median and spread."""
        return {
            "median": self.median,
            "min": round(min(self.values), self.digits),
            "max": round(max(self.values), self.digits),
            "values": [round(value, self.digits) for value in self.values],
        }


@dataclass(frozen=True)
class Target:
    """What a figure was meant to be."""

    name: str
    reached: float
    wanted: float
    at_most: bool = True
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.reached <= self.wanted if self.at_most else self.reached >= self.wanted

    def as_json(self) -> dict[str, Any]:
        """The target and what was reached."""
        sign = "<=" if self.at_most else ">="
        return {
            "name": self.name,
            "reached": self.reached,
            "wanted": f"{sign} {self.wanted}",
            "unit": self.unit,
            "met": self.met,
        }


@dataclass(frozen=True)
class Outcome:
    """What one benchmark found."""

    figures: dict[str, Any]
    targets: list[Target]
    tables: list[Table]


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """A table whose first column names and whose others count."""
    made = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        made.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


def show_targets(console: Console, targets: Sequence[Target]) -> None:
    """Each target and whether it was met."""
    rows = [
        (
            target.name,
            f"{target.reached} {target.unit}".strip(),
            f"{'≤' if target.at_most else '≥'} {target.wanted} {target.unit}".strip(),
            "[green]met[/]" if target.met else "[red]missed[/]",
        )
        for target in targets
    ]
    console.print(table("Targets", ("target", "reached", "wanted", ""), rows))
