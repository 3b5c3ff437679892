"""Whether a call goes on while something is broken: what two people see of each other, judged by
their browsers' own frames, and by the connections that carry it.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from playwright.sync_api import Locator

from tests.e2e.person import Person
from tests.e2e.starvation import Starvation
from tests.e2e.waiting import until

LONGEST_GAP_MS = 500
"""How long pictures and sound may stay away on account of what was broken."""

# From the camera of one to the screen of the other; a stall at the source shows this much later.
_ON_THE_WAY_MS = 1_000

_MORE_PICTURES = 20

# Often enough to find half a second of silence.
_LISTEN_MS = 100

_WATCH = """
([theirs, own]) => {
  const [track] = theirs.srcObject.getVideoTracks();
  const connection = parleyConnections.find(
    (each) => each.getReceivers().some((receiver) => receiver.track === track));
  const watch = {
    connection, track, ended: 0, theirs: [], own: [], heard: [], asked: [],
  };
  for (const { track } of connection.getReceivers()) {
    track.addEventListener('ended', () => { watch.ended += 1; });
  }
  const note = (video, moments) => {
    const again = (now) => {
      moments.push(performance.timeOrigin + now);
      video.requestVideoFrameCallback(again);
    };
    video.requestVideoFrameCallback(again);
  };
  note(theirs, watch.theirs);
  note(own, watch.own);
  // Sound of theirs that was played; what is made up for lost packets does not count.
  let before = 0;
  const listen = async () => {
    let played = 0;
    for (const report of (await connection.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'audio') {
        played += report.jitterBufferEmittedCount;
      }
    }
    const moment = performance.timeOrigin + performance.now();
    watch.asked.push(moment);
    if (played > before) watch.heard.push(moment);
    before = played;
  };
  setInterval(listen, LISTEN_MS);
  window.parleyWatch = watch;
}
""".replace("LISTEN_MS", str(_LISTEN_MS))

_LOOK = """
(theirs) => {
  const { connection, track, ended, ...moments } = window.parleyWatch;
  const now = performance.timeOrigin + performance.now();
  return {
    theirs: [...moments.theirs, now],
    own: [...moments.own, now],
    heard: [...moments.heard, now],
    asked: [...moments.asked, now],
    ended: ended + connection.getReceivers().filter((r) => r.track.readyState !== 'live').length,
    state: connection.connectionState,
    same: theirs.srcObject?.getVideoTracks()[0] === track,
  };
}
"""


@dataclass(frozen=True)
class Look:
    """What a page has seen since the watch began; moments are milliseconds since the epoch."""

    theirs: list[float]
    """When each picture of the other one was shown, and when it was asked."""
    own: list[float]
    """The same of one's own camera, which nothing that a test breaks has to do with."""
    heard: list[float]
    """When sound of the other one was found to have been played, and when it was asked."""
    asked: list[float]
    """When it was looked for such sound."""
    ended: int
    """Tracks of the other one that have ended."""
    state: str
    """Of the connection that was watched."""
    same: bool
    """The tile shows that connection's picture still, and no other one's."""


class SteadyCall:
    """`with SteadyCall(ann, bob) as steady`: two people of one browser, who see each other."""

    def __init__(self, one: Person, other: Person) -> None:
        self._sides = [(one, other), (other, one)]
        self._starvation = Starvation.of(one.context.browser)

    def __enter__(self) -> Self:
        with ExitStack() as until_then:
            until_then.enter_context(self._starvation)
            self._begin()
            self._over = until_then.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.close()

    def _begin(self) -> None:
        for person, seen in self._sides:
            person.sees_tile_of(seen.name)
            own = _video(person, f"{person.name} (you)").element_handle()
            theirs = _video(person, seen.name).element_handle()
            person.page.evaluate(_WATCH, [theirs, own])
        self.goes_on()

    def goes_on(self) -> None:
        """More pictures and more sound come, in both directions."""
        for person, _ in self._sides:
            shown = person.page.evaluate("parleyWatch.theirs.length")
            until(
                person.page,
                "shown => parleyWatch.theirs.length > shown",
                arg=shown + _MORE_PICTURES,
                timeout=30_000,
            )
            heard = person.page.evaluate("parleyWatch.heard.length")
            until(
                person.page, "heard => parleyWatch.heard.length > heard", arg=heard, timeout=30_000
            )

    def was_undisturbed(self) -> None:
        """The same connections, all tracks, no picture that stood still, and no silence.

        Pages share a machine, which may be busy: while a camera's own picture stands still in one
        of the two pages, pictures between them may do so for as long, and half a second more. Sound
        may, too; or while a page did not come to listen. And either may for as long as a thread of
        the browser, an encoder's say, waited for a core.
        """
        self.goes_on()
        looks = {
            person.name: Look(**_video(person, seen.name).evaluate(_LOOK))
            for person, seen in self._sides
        }
        for name, look in looks.items():
            found = (look.ended, look.state, look.same)
            assert found == (0, "connected", True), f"{name}: {found}"
        own = [gap for look in looks.values() for gap in pairwise(look.own)]
        deaf = [gap for look in looks.values() for gap in pairwise(look.asked)]
        for name, look in looks.items():
            stood = max(self._beyond(gap, own) for gap in pairwise(look.theirs))
            assert stood <= LONGEST_GAP_MS, f"the picture that {name} saw stood for {stood} ms"
            silent = max(self._beyond(gap, own + deaf) for gap in pairwise(look.heard))
            assert silent <= LONGEST_GAP_MS, f"{name} heard nothing for {silent} ms"

    def _beyond(self, gap: tuple[float, float], own: list[tuple[float, float]]) -> float:
        """By how many milliseconds a gap is longer than what excuses it.

        That is a gap of a source at about the same time, or a wait for a core: the longest of them,
        since one wait makes both.
        """
        start, end = gap
        beside = [b - a for a, b in own if b > start - _ON_THE_WAY_MS and a < end]
        waited = self._starvation.waited(start / 1000, end / 1000) * 1000
        return end - start - max([waited, *beside])


def _video(person: Person, name: str) -> Locator:
    return person.tile_of(name).locator("video")
