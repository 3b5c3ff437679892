"""What is shown for a moment, and is over before one has looked at one page after the other."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator

from tests.e2e.waiting import until

# What comes into the place from now on: a button that says the same was there before.
_NOTE = """(place, text) => {
  const note = { seen: false };
  const shows = (node) => node instanceof Element && [node, ...node.querySelectorAll('*')]
    .some((each) => each.childElementCount === 0 && each.textContent.trim() === text
      && each.checkVisibility({ visibilityProperty: true }));
  new MutationObserver((changes, observer) => {
    if (!changes.some(({ addedNodes }) => [...addedNodes].some(shows))) return;
    note.seen = true;
    observer.disconnect();
  }).observe(place, { childList: true, subtree: true });
  return note;
}"""


@contextmanager
def glimpsed(text: str, *places: Locator) -> Iterator[None]:
    """What is done meanwhile brings this text into sight in each of the places, however briefly."""
    notes = [(place, place.evaluate_handle(_NOTE, text)) for place in places]
    yield
    for place, note in notes:
        until(place.page, "note => note.seen", arg=note, otherwise=f"() => '{text} not seen'")
