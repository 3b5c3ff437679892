"""Voices go on, whatever else is told of those who speak."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import fresh

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(180)]

# An element that gets another stream, or none, is emptied first: a hole in what is heard.
COUNTS_BREAKS = """() => {
  const voices = [...document.querySelectorAll('audio[data-session]')];
  window.parleyBreaks = 0;
  for (const voice of voices) voice.addEventListener('emptied', () => (window.parleyBreaks += 1));
  return voices.length;
}"""


def test_a_voice_has_no_hole_where_somebody_mutes_or_raises_a_hand(caller: NewPerson):
    loft = fresh("Loft")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(loft)
    bob.joins_by_browsing(loft)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann").hears("Ann")
    ann.hears("Bob")
    assert [someone.page.evaluate(COUNTS_BREAKS) for someone in (ann, bob)] == [1, 1]

    bobs = ann.tile_of("Bob")
    bob.mutes()
    expect(bobs).to_have_accessible_name(re.compile("muted"))
    bob.unmutes()
    expect(bobs).not_to_have_accessible_name(re.compile("muted"))
    bob.page.keyboard.press("h")
    expect(bobs).to_have_accessible_name(re.compile("hand raised"))
    bob.turns_camera(False)
    expect(bobs).to_have_accessible_name(re.compile("camera off"))
    ann.hears("Bob")
    assert [someone.page.evaluate("parleyBreaks") for someone in (ann, bob)] == [0, 0]
