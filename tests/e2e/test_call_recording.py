"""A call that is recorded while everything in it changes: one file, everyone in it, no leaks."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.footage import LEFT_TILE, RIGHT_TILE, Footage
from tests.e2e.open_media import Counter
from tests.e2e.person import Person, fresh
from tests.e2e.recorded_call import RecordedCall
from tests.e2e.starvation import OFF, Starvation
from tests.e2e.studio import Studio

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.alone]

Picture = Callable[[Page, str], None]

MINUTES = float(os.environ.get("PARLEY_RECORDING_MINUTES", "0"))
"""Over which the switches are spread: 0 is one after the other, 10 what a long call is like."""

AUDIBLE = 0.05
SILENT = 0.005
"""Chromium's fake microphone beeps at about a fifth of full scale, twice a second."""

HEAP_GROWTH = 100_000
"""Bytes of fifteen switches: the quality of the line is kept for two minutes, which fill up."""

SETTLED = 5
"""Switches after which the heap is looked at for the first time."""


def chooses(someone: Person, kind: str, number: int) -> None:
    """Another camera or microphone, from the menu beside its button."""
    someone.controls.get_by_role("button", name=f"Choose {kind}").click()
    device = someone.page.get_by_role("menuitemradio").nth(number)
    device.click()
    expect(device).to_be_hidden()


class Switching:
    """Everything that can change in a call of two, by its controls, and seen to have changed."""

    def __init__(self, ann: Person, bob: Person, recorded: RecordedCall) -> None:
        self._ann = ann
        self._bob = bob
        self._recorded = recorded

    def once(self) -> None:
        """Each once: what is drawn, asked or parsed for the first time is no leak."""
        chooses(self._ann, "Camera", 1)
        chooses(self._ann, "Microphone", 1)
        self._ann.shares_screen().stops_sharing()
        self._camera(self._ann, False)
        self._camera(self._ann, True)
        self._ann.mutes().unmutes()
        self._bob_leaves()
        self._bob_returns()
        self._bob_shares()
        self._bob_stops_sharing()

    def twenty(self) -> list[Callable[[], object]]:
        """The camera last taken shows the same pattern as the other one's."""
        ann, bob, looks = self._ann, self._bob, self._recorded.looks
        return [
            lambda: chooses(ann, "Microphone", 2),
            ann.shares_screen,
            ann.stops_sharing,
            lambda: chooses(ann, "Camera", 2),
            lambda: self._camera(ann, False),
            lambda: (looks("Ann has no camera"), self._camera(ann, True)),
            lambda: chooses(ann, "Camera", 0),
            lambda: (looks("both are seen"), self._bob_shares()),
            self._bob_leaves,
            self._bob_returns,
            self._bob_shares,
            self._bob_stops_sharing,
            lambda: chooses(ann, "Microphone", 0),
            ann.mutes,
            lambda: (looks("Bob alone is heard"), bob.mutes()),
            lambda: (looks("nobody is heard"), ann.unmutes()),
            lambda: (looks("Ann alone is heard"), bob.unmutes()),
            lambda: self._camera(bob, False),
            lambda: (looks("Bob has no camera"), self._camera(bob, True)),
            lambda: ann.shares_screen().ends_sharing_in_the_browser(),
        ]

    def _camera(self, someone: Person, on: bool) -> None:
        someone.turns_camera(on)
        for looking in (self._ann, self._bob):
            name = f"{someone.name} (you)" if looking is someone else someone.name
            expect(looking.tile_of(name).locator("video")).to_have_count(int(on))

    def _bob_leaves(self) -> None:
        self._bob.leaves_call()
        self._ann.sees_no_tile_of("Bob")

    def _bob_returns(self) -> None:
        self._bob.joins_call()
        self._ann.sees_tile_of("Bob")

    def _bob_shares(self) -> None:
        self._bob.shares_screen()
        self._ann.sees_tile_of("Screen of Bob")

    def _bob_stops_sharing(self) -> None:
        self._bob.stops_sharing()
        expect(self._ann.tile_of("Screen of Bob")).to_have_count(0)


def assert_everyone_is_in_it(recorded: RecordedCall, footage: Footage) -> None:
    """Both faces, each at its place, and both voices, each by itself."""

    def moving(name: str) -> tuple[bool, bool]:
        where = recorded.where(name, footage)
        return footage.moves(LEFT_TILE, *where) > 1, footage.moves(RIGHT_TILE, *where) > 1

    assert moving("Ann has no camera") == (False, True)
    assert moving("both are seen") == (True, True)
    assert moving("Bob has no camera") == (True, False)
    loud = {
        name: footage.loudest(*recorded.where(name, footage))
        for name in ("Bob alone is heard", "nobody is heard", "Ann alone is heard")
    }
    assert loud["Bob alone is heard"] > AUDIBLE, loud
    assert loud["Ann alone is heard"] > AUDIBLE, loud
    assert loud["nobody is heard"] < SILENT, loud


@pytest.mark.timeout(300 + 60 * MINUTES)
def test_twenty_switches_in_a_call_are_one_file(
    interpreting: Browser, interpreted: NewPerson, picture: Picture, tmp_path: Path
):
    kitchen = fresh("Recorded kitchen")
    ann, bob = interpreted("Ann"), interpreted("Bob")
    counter = Counter(ann.page)
    for someone in (ann, bob):
        # Pages that compile nothing, two encoders and a recorder: on a busy machine a click waits.
        someone.page.set_default_timeout(60_000)
        someone.registers()
    ann.creates_room(kitchen)
    bob.joins_by_browsing(kitchen)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann")
    ann.sees_tile_of("Bob")
    recorded = RecordedCall(ann)
    switching = Switching(ann, bob, recorded)
    switching.once()
    before, kept = counter.open(), counter.kept()

    with Starvation.of(interpreting) as starvation:
        recorded.begins()
        expect(bob.stage).to_contain_text("records this call")
        # A pause is not in the file, and everyone sees it.
        recorded.takes("Pause recording")
        expect(bob.stage).to_contain_text("paused recording this call")
        expect(bob.page.get_by_text("paused the recording.")).to_be_attached()
        paused = recorded.clock()
        picture(ann.page, "recording-a-call-paused-desktop")
        ann.page.wait_for_timeout(3_000)
        assert recorded.clock() == paused
        recorded.takes("Resume recording")
        expect(bob.stage).to_contain_text("records this call")

        began, figures = time.monotonic(), []
        switches = switching.twenty()
        assert len(switches) == 20
        for number, switch in enumerate(switches, start=1):
            switch()
            due = began + number * MINUTES * 60 / len(switches)
            ann.page.wait_for_timeout(max(0, due - time.monotonic()) * 1000)
            if number == SETTLED:
                with starvation.looking():
                    figures.append(counter.memory())
        during = counter.open()
        with starvation.looking():
            figures.append(counter.memory())
        # Both voices and both faces are in it; one worker draws, another one writes.
        assert (during.voices, during.feeds) == (2, 2), during
        assert during.workers == before.workers + 2, during
        picture(ann.page, "recording-a-call-desktop")
        picture(bob.page, "recorded-by-another-desktop")
        recorded.ends()

    expect(bob.stage).not_to_contain_text("record")
    expect(bob.page.get_by_text("no longer records the call.")).to_be_attached()
    counter.goes_back_to(before, kept)
    print(*figures, sep="\n")
    assert figures[1].heap - figures[0].heap < HEAP_GROWTH, figures
    assert figures[1].nodes - figures[0].nodes < 200, figures

    studio = Studio(ann.page).opens()
    footage = studio.downloads(kitchen, tmp_path / "call.webm")
    starvation.assert_as_long_as(footage, recorded.shown, recorded.ended)
    assert abs(studio.plays(kitchen).duration - footage.length) < 0.2
    assert_everyone_is_in_it(recorded, footage)
    starvation.assert_steady(footage, recorded.ended, since=paused + OFF)
    picture(ann.page, "recordings-of-a-call-desktop")
