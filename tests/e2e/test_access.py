"""Everybody can use it: by keyboard alone, with a screen reader, in three languages."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import PASSWORD, fresh

pytestmark = pytest.mark.web

LIBRARY = fresh("Library")

Picture = Callable[[Page, str], None]

# Half-way in, or from one theme to the other, no contrast is right. Some turn for ever.
SETTLED = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const ends = (animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
  do { await frame(); await frame(); } while (document.getAnimations().some(ends));
}
"""


def serious(page: Page) -> list[str]:
    """What axe finds that would keep somebody out."""
    page.evaluate(SETTLED)
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes']][:3]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(person: NewPerson, picture: Picture, phone: bool, scheme: str):
    look = f"{'phone' if phone else 'desktop'}-{scheme}"
    ann = person("Ann", phone=phone, color_scheme=scheme)
    found: dict[str, list[str]] = {}

    def look_at(name: str) -> None:
        picture(ann.page, f"{name}-{look}")
        found[name] = serious(ann.page)

    ann.page.goto("/sign-in")
    expect(ann.page.get_by_role("button", name="Sign in")).to_be_visible()
    look_at("sign-in")
    ann.registers()
    look_at("home")
    path = ann.creates_room(LIBRARY)
    ann.writes("**And** a `second`").writes("> with a quote\n\n- and\n- a list")
    ann.says("A last word")
    look_at("room")
    for name, place in (
        ("browse", "/browse"),
        ("room-settings", f"{path}/settings/general"),
        ("invites", f"{path}/settings/invites"),
        ("profile", "/settings/profile"),
        ("devices", "/settings/devices"),
        ("appearance", "/settings/appearance"),
        ("nowhere", "/no/such/page"),
    ):
        ann.page.goto(place)
        expect(ann.page.get_by_role("heading").first).to_be_visible()
        look_at(name)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_everything_by_keyboard_alone(person: NewPerson):
    ann = person("Ann")
    page, keys = ann.page, ann.page.keyboard
    page.goto("/register")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()

    def tab_to(role: str, name: str) -> None:
        target = page.get_by_role(role, name=name, exact=True).first
        for _ in range(40):
            if target.evaluate("e => e === document.activeElement"):
                return
            keys.press("Tab")
        raise AssertionError(f"Tab never reaches {role} {name!r}")

    tab_to("textbox", "Name")
    keys.type(ann.account)
    tab_to("textbox", "Password")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_text("There are three ways to begin.")).to_be_visible()

    tab_to("button", "Create a room")
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="Create a room")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("Enter")
    tab_to("textbox", "Room name")
    keys.type("Cellar")
    keys.press("Enter")
    ann.is_in("Cellar")
    expect(ann.composer).to_be_focused()
    keys.type("Only keys")
    keys.press("Enter")
    ann.sees_stored("Only keys")
    keys.press("Control+k")
    expect(page.get_by_role("dialog", name="Go to a room")).to_be_visible()
    keys.type("Cell")
    keys.press("Enter")
    ann.is_in("Cellar")


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en-GB", "Create account"), ("fr-FR", "Créer un compte"), ("sv-SE", "Skapa konto")],
)
def test_it_speaks_the_browsers_language(person: NewPerson, locale: str, words: str):
    ann = person("Ann", locale=locale)
    ann.page.goto("/register")
    expect(ann.page.get_by_role("button", name=words)).to_be_visible()
    assert ann.page.locator("html").get_attribute("lang") == locale[:2]
