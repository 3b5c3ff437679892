"""What people had before their eyes when a test failed: in words in its report, and as pictures."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Error

from tests.e2e.person import Person

MOST = 6_000
"""Characters of a page in a report; what matters is mostly in sight."""

SECONDS = 10.0

# Whether the page is drawn at all: what is measured or clicked waits for that.
FRAMES = """() => new Promise((tell) => {
  let frames = 0;
  const count = () => { frames += 1; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  setTimeout(() => tell(`${document.visibilityState}, ${frames} frames in a second`), 1000);
})"""

people: list[Person] = []
"""Whose pages are open now."""


def sections(test: str) -> Sequence[tuple[str, str]]:
    """A title and the accessible tree of each open page."""
    folder = Path(os.environ.get("PARLEY_SCREENS", "test-output/screens")).parent / "failures"
    folder.mkdir(parents=True, exist_ok=True)
    return [
        (f"{someone.name}'s page", _seen(someone, folder / f"{_slug(test)}-{_slug(someone.name)}"))
        for someone in people
    ]


def _seen(someone: Person, place: Path) -> str:
    page = someone.page
    try:
        page.set_default_timeout(SECONDS * 1000)
        frames = page.evaluate(FRAMES)
        page.screenshot(path=place.with_suffix(".png"), timeout=SECONDS * 1000)
        tree = page.locator("body").aria_snapshot(timeout=SECONDS * 1000)
    except Error as error:
        return f"{page.url}\nshows nothing any more: {error.message}"
    return f"{page.url}\n{frames}\n{tree[:MOST]}"


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.lower()).strip("-")[:80]
