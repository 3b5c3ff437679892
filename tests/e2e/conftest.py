"""One system for all browser tests, real Chromium, and pictures of what a person sees.

Pictures go to `PARLEY_SCREENS` (default `test-output/screens`): look at them after a run.
"""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from stack.ports import OwnPort
from tests.e2e import witness
from tests.e2e.person import Person
from tests.support.relay import Relay
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

# What a machine without a screen and without the internet needs; nothing that hides a fault.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A name of this machine that no browser takes for this machine: over http it is not secure.
PLAIN_HTTP_HOST = "parley.example"

# Three cameras, microphones and a screen that a page gets without anybody being asked; without
# the last flag a machine that has only a loopback finds no candidates at all.
CHROMIUM_WITH_DEVICES = [
    *CHROMIUM,
    "--use-fake-device-for-media-stream=device-count=3,fps=15",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    f"--host-resolver-rules=MAP {PLAIN_HTTP_HOST} 127.0.0.1",
]

# Statistics tell whether sound arrives; a page has no ear that a test could ask.
KEEP_CONNECTIONS = """
window.parleyConnections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...parts) {
    super(...parts);
    window.parleyConnections.push(this);
  }
};
"""

# People of a test come from one address, faster than people do.
PATIENT = {
    "PARLEY_CONNECTIONS_PER_ADDRESS": "0",
    "PARLEY_HTTP_PER_MINUTE": "0",
    "PARLEY_REGISTRATIONS_FREE": "1000",
}

# Several pages that encode and decode pictures share two cores with everything else.
EXPECT_MS = 30_000
expect.set_options(timeout=EXPECT_MS)

NewPerson = Callable[..., Person]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows the pages it failed at."""
    report = yield
    if report.when == "call" and report.failed:
        report.sections += witness.sections(item.name)
    return report


@pytest.fixture(scope="session")
def relay_port() -> OwnPort:
    """Where the way that a test can cut begins; pages from there are welcome."""
    return OwnPort()


@pytest.fixture(scope="session")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory, relay_port: OwnPort
) -> Iterator[RunningSystem]:
    running = RunningSystem(tmp_path_factory.mktemp("system"))
    port = relay_port.number
    origins = f"http://localhost:{port},http://{PLAIN_HTTP_HOST}:{port}"
    # The relay and both ends of a call are on this one machine.
    relayed = {"PARLEY_TURN_LOOPBACK": "true"}
    environment = {**PATIENT, **relayed, "PARLEY_PUBLIC_ORIGINS": origins}
    background.run(running.start("--port", "0", "--gateways", "2", env=environment))
    yield running
    background.run(running.stop())


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def chromium_with_devices(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with a camera and a microphone. A browser of its own: most tests need neither."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=CHROMIUM_WITH_DEVICES
    )
    yield browser
    browser.close()


@pytest.fixture
def interpreting(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with devices that compiles nothing: machine code of what runs often is most of what
    a heap grows by, for minutes, and nobody's leak.
    """
    interpreted = "--js-flags=--no-sparkplug --no-maglev --no-turbofan"
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=[*CHROMIUM_WITH_DEVICES, interpreted]
    )
    yield browser
    browser.close()


@pytest.fixture
def relay(
    background: BackgroundLoop, system: RunningSystem, relay_port: OwnPort
) -> Iterator[Relay]:
    """A way to the system that a test can cut."""
    relay = Relay(urlsplit(system.url).port or 80, relay_port.number)
    background.run(relay.mend())
    yield relay
    background.run(relay.cut())


@pytest.fixture
def person(chromium: Browser, system: RunningSystem) -> Iterator[NewPerson]:
    """`person("Ann")`: somebody at a browser of their own, not registered yet."""
    yield from people_at(chromium, system)


@pytest.fixture
def caller(chromium_with_devices: Browser, system: RunningSystem) -> Iterator[NewPerson]:
    """`caller("Ann")`: the same with a camera and a microphone, which the page may use."""
    yield from people_at(
        chromium_with_devices,
        system,
        permissions=["camera", "microphone"],
        script=KEEP_CONNECTIONS,
    )


@pytest.fixture
def interpreted(interpreting: Browser, system: RunningSystem) -> Iterator[NewPerson]:
    """`interpreted("Ann")`: a caller whose heap grows by what is kept, and by nothing else."""
    yield from people_at(interpreting, system, permissions=["camera", "microphone"])


def people_at(
    browser: Browser, system: RunningSystem, script: str = "", **granted: object
) -> Iterator[NewPerson]:
    """People at a browser, for a fixture; in the end none of their pages has failed."""
    people: list[Person] = []
    witness.people = people

    def come(name: str, *, phone: bool = False, surname: str = "", **options: object) -> Person:
        options = {**granted, **options}
        context = browser.new_context(
            base_url=str(options.pop("url", system.url)),
            viewport=options.pop("viewport", PHONE if phone else DESKTOP),
            has_touch=phone,
            locale=str(options.pop("locale", "en-GB")),
            **options,
        )
        context.set_default_timeout(EXPECT_MS)
        if script:
            context.add_init_script(script)
        someone = Person(name, context, phone=phone, surname=surname)
        people.append(someone)
        return someone

    yield come
    witness.people = []
    for someone in people:
        someone.go_away()
    faults = [f"{someone.name}: {fault}" for someone in people for fault in someone.faults]
    assert not faults, "the page failed:\n" + "\n".join(faults)


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """`picture(page, "conversation")`: a screenshot for people to look at."""
    folder = Path(os.environ.get("PARLEY_SCREENS", "test-output/screens"))
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        # Fonts and entering animations are part of what a person sees at rest.
        page.evaluate("document.fonts.ready")
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return take
