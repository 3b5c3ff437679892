"""The figures of a real call: they come, they move, and they hold nothing that names anybody."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person, fresh
from tests.e2e.waiting import until

pytestmark = [pytest.mark.web, pytest.mark.calls]

Picture = Callable[[Page, str], None]

# What the browser was told to hold its pictures to.
LIMITS = """() => (window.parleyConnections ?? [])
  .filter((connection) => connection.connectionState === 'connected')
  .flatMap((connection) => connection.getSenders())
  .filter((sender) => sender.track?.kind === 'video')
  .map((sender) => sender.getParameters().encodings[0])
  .map(({ maxBitrate, maxFramerate }) => [maxBitrate, maxFramerate])"""

# Whether something was drawn: a canvas that nobody painted is empty.
DRAWN = """(plots) => plots.every((plot) => {
  const canvas = plot.querySelector('canvas');
  if (!canvas) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((byte) => byte !== 0);
})"""


def opens_panel(someone: Person) -> Locator:
    """The panel with everybody's figures."""
    someone.controls.get_by_role("button", name="More").click()
    someone.page.get_by_role("menuitem", name="Connection quality").click()
    panel = someone.page.get_by_role("dialog", name="Connection quality")
    expect(panel).to_be_visible()
    return panel


def figure(panel: Locator, name: str) -> Locator:
    """What is received, in the row of a figure."""
    row = panel.get_by_role("row").filter(
        has=panel.page.get_by_role("rowheader", name=name, exact=True)
    )
    return row.get_by_role("cell").first


# Fourteen seconds of figures, two people and four pictures: a busy machine needs its time.
@pytest.mark.timeout(240)
def test_the_panel_shows_a_real_calls_figures(caller: NewPerson, picture: Picture) -> None:
    kitchen = fresh("Kitchen")
    ann, bob = caller("Ann").registers(), caller("Bob", phone=True).registers()
    ann.context.grant_permissions(["clipboard-read", "clipboard-write", "camera", "microphone"])
    ann.creates_room(kitchen)
    bob.joins_by_browsing(kitchen)
    ann.starts_call()
    bob.joins_call()
    ann.sees_tile_of("Bob")
    bob.sees_tile_of("Ann")

    panel = opens_panel(ann)
    expect(panel.get_by_text("Direct, UDP")).to_be_visible()
    expect(figure(panel, "Bitrate")).to_have_text(re.compile(r"\d (k|M)b/s$"))
    expect(figure(panel, "Picture")).to_have_text(re.compile(r"^\d+ × \d+$"))
    expect(figure(panel, "Codecs")).to_contain_text("opus")
    # Two measurements after the first decide.
    verdict = panel.get_by_text(re.compile("^(Good|Fair|Weak) connection$"))
    expect(verdict).to_be_visible()

    first = figure(panel, "Bitrate").inner_text()
    expect(figure(panel, "Bitrate")).not_to_have_text(first)
    plots = panel.get_by_role("img", name=re.compile("now .*, at most "))
    expect(plots).to_have_count(4)
    until(ann.page, DRAWN, arg=plots.element_handles())

    # The same for who can't see plots: a row for each ten seconds, so there are two after twelve.
    panel.get_by_text("Show as a table").click()
    expect(panel.get_by_role("rowheader", name=re.compile(r"\d:\d\d"))).not_to_have_count(0)
    expect(panel.get_by_role("rowheader", name=re.compile(r"\d:\d\d"))).not_to_have_count(1)
    panel.get_by_text("Show as a table").click()
    figure(panel, "Bitrate").scroll_into_view_if_needed()
    panel.get_by_text("Direct, UDP").scroll_into_view_if_needed()
    picture(ann.page, "call-quality")
    panel.get_by_text("What the dots mean").click()
    expect(panel.get_by_role("row", name=re.compile("^Round trip 300 ?ms 600 ?ms"))).to_be_visible()
    panel.get_by_role("row", name=re.compile("^Line to them")).scroll_into_view_if_needed()
    ann.page.emulate_media(color_scheme="dark")
    picture(ann.page, "call-quality-dark")

    # What one sends is held to a step for two people: the best, or less where the machine is slow.
    [[most, frames]] = ann.page.evaluate(LIMITS)
    assert 150_000 <= most <= 1_500_000
    assert 15 <= frames <= 30

    panel.get_by_role("button", name="Copy report").click()
    expect(ann.page.get_by_text("Report copied").first).to_be_visible()
    report = ann.page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"^Peer 1: (good|fair|poor)", report, re.M)
    assert re.search(r"^Route: direct, udp, (host|prflx) to (host|prflx)$", report, re.M)
    assert not re.search(r"\d+\.\d+\.\d+\.\d+:\d+|127\.0\.0\.1|\.local", report)
    assert bob.account not in report
    assert not re.search(r"\b[0-7][0-9a-hjkmnp-tv-z]{25}\b", report)

    small = opens_panel(bob)
    expect(figure(small, "Bitrate")).to_have_text(re.compile(r"\d (k|M)b/s$"))
    picture(bob.page, "call-quality-phone")
    small.get_by_role(
        "img", name=re.compile("^Pictures a second: now")
    ).scroll_into_view_if_needed()
    bob.page.emulate_media(color_scheme="dark")
    picture(bob.page, "call-quality-phone-dark")

    # Who leaves is in nobody's figures any more.
    bob.page.keyboard.press("Escape")
    bob.leaves_call()
    expect(panel.get_by_text("Nobody else is here yet")).to_be_visible()
