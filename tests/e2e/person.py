"""Somebody at a browser, doing what people do, by the names a screen reader would say."""

import re
import secrets
from contextlib import suppress
from typing import Self

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.waiting import until


def fresh(name: str) -> str:
    """A room's name that no other test uses: they share one system, and rooms are found by name."""
    return f"{name} {secrets.token_hex(3)}"


PASSWORD = "four quiet herons at dusk"

# Whoever vanishes without a word keeps a seat for the grace of a session, which is 15 seconds; and
# a busy machine, or a gateway that died meanwhile, takes its own time to tell.
GONE_MS = 90_000

# What Chromium says on its own when a connection is refused or a request answered by an error:
# tests make both happen on purpose. A frame that comes in at the instant its track ends is dropped
# by Chromium itself, which says so when it is collected; frames that we keep are counted.
_EXPECTED = re.compile(
    r"Failed to load resource|WebSocket connection to|net::ERR_"
    r"|A VideoFrame was garbage collected without being closed"
)


class Person:
    """One person, one browser context (so: one device), one page at a time."""

    def __init__(
        self, name: str, context: BrowserContext, *, phone: bool = False, surname: str = ""
    ) -> None:
        """With a surname the account has a display name, as people on pictures should."""
        self.name = name
        self.surname = surname
        self.account = f"{name.lower()}-{secrets.token_hex(4)}"
        self.context = context
        self.phone = phone
        self.faults: list[str] = []
        self.page = self.open_page()

    # ---- coming and going ----------------------------------------------------------------

    def open_page(self) -> Page:
        """A fresh tab, in place of the former one."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._listen)
        return self.page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _EXPECTED.search(message.text):
            self.faults.append(message.text)

    def closes_the_laptop(self) -> None:
        """The tab is gone; the device stays signed in."""
        self.page.close()

    def crashes(self) -> None:
        """The tab dies on the spot: it says goodbye to nobody."""
        with self.page.expect_event("crash"), suppress(PlaywrightError):
            self.page.goto("chrome://crash", wait_until="commit")
        self.page.close()

    def comes_back(self, path: str = "/") -> Self:
        """Opens the page again on the same device."""
        self.open_page()
        self.page.goto(path)
        return self

    def go_away(self) -> None:
        self.context.close()

    # ---- signing in ----------------------------------------------------------------------

    def registers(self) -> Self:
        """Makes an account, and arrives at home."""
        self.page.goto("/register")
        self.page.get_by_label("Name", exact=True).fill(self.account)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Create account").click()
        expect(self.page.get_by_text("There are three ways to begin.")).to_be_visible()
        if self.surname:
            self.page.goto("/settings/profile")
            self.page.get_by_label("Display name").fill(f"{self.name} {self.surname}")
            self.page.get_by_role("button", name="Save").click()
            expect(self.page.get_by_text("Saved").first).to_be_visible()
            self.page.goto("/")
        return self

    def signs_in(self, as_whom: "Person | None" = None) -> Self:
        """Signs in with name and password, as oneself or on another device of somebody's."""
        self.page.goto("/sign-in")
        self.page.get_by_label("Name", exact=True).fill((as_whom or self).account)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_label("Password", exact=True)).to_be_hidden()
        return self

    # ---- rooms ---------------------------------------------------------------------------

    def creates_room(self, name: str, *, private: bool = False) -> str:
        """Makes a room, is in it, and returns its path."""
        self.page.get_by_role("button", name="Create a room").first.click()
        dialog = self.page.get_by_role("dialog", name="Create a room")
        dialog.get_by_label("Room name").fill(name)
        if private:
            dialog.get_by_label("Only people with an invitation").check()
        dialog.get_by_role("button", name="Create room").click()
        return self.is_in(name)

    def is_in(self, room: str) -> str:
        """The conversation of this room is open; returns its path."""
        expect(self.page.get_by_role("heading", level=1, name=room)).to_be_visible()
        expect(self.composer).to_be_enabled()
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    def joins_by_browsing(self, name: str) -> Self:
        """Finds a public room and joins it."""
        self.page.goto("/browse")
        self.page.get_by_role("searchbox", name="Search public rooms").fill(name)
        card = self.page.get_by_role("listitem").filter(has_text=name)
        card.get_by_role("button", name=re.compile("^Join")).click()
        self.is_in(name)
        return self

    def goes_to_room(self, name: str) -> Self:
        """Opens a room of one's own from the list."""
        self.room_link(name).click()
        self.is_in(name)
        return self

    def room_link(self, name: str) -> Locator:
        """The room's line in the list of rooms."""
        return self.page.get_by_role("link").filter(has_text=name)

    def makes_invite(self, *, guests: bool = False) -> str:
        """Makes a link into the room that is open, and returns its path."""
        self.page.get_by_role("button", name="Room menu").click()
        self.page.get_by_role("menuitem", name="Invite people").click()
        if guests:
            self.page.get_by_label("Let guests join without an account").check()
        self.page.get_by_role("button", name="Create link").click()
        link = self.page.get_by_label("Invitation link").first
        expect(link).to_be_visible()
        text = link.input_value() if link.evaluate("e => 'value' in e") else link.inner_text()
        return re.sub(r"^https?://[^/]+", "", text.strip())

    # ---- talking -------------------------------------------------------------------------

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("^Message "))

    @property
    def conversation(self) -> Locator:
        return self.page.get_by_label(re.compile("^Messages in "))

    def message(self, text: str) -> Locator:
        """The message that says this."""
        return self.conversation.get_by_role("article").filter(has_text=text)

    def says(self, *texts: str) -> Self:
        """Writes and sends, and sees each stored."""
        for text in texts:
            self.writes(text)
        for text in texts:
            self.sees_stored(text)
        return self

    def writes(self, text: str) -> Self:
        """Writes and sends, whatever becomes of it. On a phone Enter is a new line."""
        self.composer.fill(text)
        if self.phone:
            self.page.get_by_role("button", name="Send", exact=True).click()
        else:
            self.composer.press("Enter")
        return self

    def sees(self, *texts: str) -> Self:
        for text in texts:
            expect(self.message(text)).to_be_visible()
        return self

    def sees_stored(self, text: str) -> Self:
        """The message is there, once, and not on its way any more."""
        expect(self.message(text)).to_have_count(1)
        waiting = self.message(text).filter(has_text=re.compile("Sending|Waiting|Not sent"))
        expect(waiting).to_have_count(0)
        return self

    def reads_in_order(self, *texts: str) -> Self:
        """These and no other texts, each once, in this order."""
        for text in texts:
            self.sees_stored(text)
        shown = self.conversation.get_by_role("article").all_inner_texts()
        found = [next(t for t in texts if t in article) for article in shown]
        assert found == list(texts)
        return self

    def opens_menu_of(self, text: str) -> Locator:
        """The actions of a message."""
        self.message(text).hover()
        self.message(text).get_by_role("button", name="Message actions").click()
        return self.page.get_by_role("menu")

    # ---- calls ---------------------------------------------------------------------------

    @property
    def stage(self) -> Locator:
        """The call of the room that is open."""
        return self.page.get_by_role("region", name=re.compile("^Call in "))

    @property
    def controls(self) -> Locator:
        return self.page.get_by_role("toolbar", name="Call controls")

    def starts_call(self) -> Self:
        """Starts a call in the room that is open, and is in it."""
        self.page.get_by_role("button", name="Start a call").click()
        return self.goes_in()

    def joins_call(self) -> Self:
        """Joins the call of the room that is open, and is in it."""
        self.page.get_by_role("button", name=re.compile("^Join the call")).click()
        return self.goes_in()

    def goes_in(self) -> Self:
        """From the door into the call."""
        self.stage.get_by_role("button", name="Join", exact=True).click()
        expect(self.controls).to_be_visible()
        return self

    def leaves_call(self) -> Self:
        self.page.get_by_role("button", name="Leave", exact=True).click()
        expect(self.controls).to_be_hidden()
        return self

    def tile_of(self, name: str) -> Locator:
        """The tile of somebody; one's own is `"Ann (you)"`, a screen `"Screen of Ann"`."""
        before, whose, after = re.fullmatch(r"(Screen of |Your )?(\S+)( \(.*\))?", name).groups("")
        said = f"^{before}{whose}(-[0-9a-f]{{8}}| [^ ,(]+)?{re.escape(after)}(,|$)"
        people = self.stage.get_by_role("list", name="People in the call")
        return people.get_by_role("listitem", name=re.compile(said, re.IGNORECASE))

    def sees_tile_of(self, *names: str) -> Self:
        """Their picture is there, and moves."""
        for name in names:
            video = self.tile_of(name).locator("video")
            expect(video).to_have_count(1)
            moves = video.evaluate(
                """async video => {
                    const from = video.currentTime;
                    for (let look = 0; look < 150; look += 1) {
                        if (video.videoWidth > 0 && video.currentTime > from + 0.2) return true;
                        await new Promise(again => setTimeout(again, 100));
                    }
                    return false;
                }"""
            )
            assert moves, f"{self.name} sees a frozen picture of {name}"
        return self

    def sees_no_tile_of(self, *names: str, within: float | None = None) -> Self:
        """Their tiles are gone; `within` milliseconds, where they left without a word."""
        for name in names:
            expect(self.tile_of(name)).to_have_count(0, timeout=within)
        return self

    def sees_people_in_call(self, count: int) -> Self:
        """So many tiles and no others; whether pictures move is another question."""
        people = self.stage.get_by_role("list", name="People in the call")
        expect(people.get_by_role("listitem")).to_have_count(count)
        return self

    def hears(self, *names: str) -> Self:
        """Sound arrives from them: the browser measures energy in what it plays."""
        for name in names:
            session = self.tile_of(name).get_attribute("data-session")
            until(
                self.page,
                """async session => {
                    const audio = document.querySelector(`audio[data-session="${session}"]`);
                    const track = audio?.srcObject?.getAudioTracks()[0];
                    if (!track || audio.paused) return false;
                    for (const connection of window.parleyConnections ?? []) {
                        for (const receiver of connection.getReceivers()) {
                            if (receiver.track !== track) continue;
                            for (const report of (await receiver.getStats()).values()) {
                                if (report.type !== "inbound-rtp") continue;
                                const before = (audio.dataset.energy ??= report.totalAudioEnergy);
                                if (report.totalAudioEnergy > Number(before)) return true;
                            }
                        }
                    }
                    return false;
                }""",
                arg=session,
            )
        return self

    def mutes(self) -> Self:
        self.controls.get_by_role("button", name="Mute", exact=True).click()
        return self

    def unmutes(self) -> Self:
        self.controls.get_by_role("button", name="Unmute", exact=True).click()
        return self

    def turns_camera(self, on: bool) -> Self:
        name = "Turn the camera on" if on else "Turn the camera off"
        self.controls.get_by_role("button", name=name, exact=True).click()
        return self

    def shares_screen(self) -> Self:
        self.controls.get_by_role("button", name="Share your screen").click()
        expect(self.tile_of("Your screen")).to_be_visible()
        return self

    def stops_sharing(self) -> Self:
        self.controls.get_by_role("button", name="Stop sharing").click()
        expect(self.tile_of("Your screen")).to_have_count(0)
        return self

    def ends_sharing_in_the_browser(self) -> Self:
        """ "Stop sharing" in the browser's own bar: the track ends, and the page hears of it."""
        self.tile_of("Your screen").locator("video").evaluate(
            """video => {
                const [track] = video.srcObject.getVideoTracks();
                track.stop();
                track.dispatchEvent(new Event("ended"));
            }"""
        )
        expect(self.tile_of("Your screen")).to_have_count(0)
        return self

    def rings(self, name: str) -> Self:
        """Asks somebody of the room to come to the call."""
        dialog = self.page.get_by_role("dialog", name="Ring somebody")
        if not dialog.is_visible():
            self.controls.get_by_role("button", name="More", exact=True).click()
            self.page.get_by_role("menuitem", name="Ring somebody").click()
        dialog.get_by_role("button", name=re.compile(f"^Ring: {name}", re.IGNORECASE)).click()
        return self

    # ---- people --------------------------------------------------------------------------

    @property
    def people(self) -> Locator:
        """The list of people; opened where it is folded away."""
        shown = self.page.get_by_role("button", name="Show people")
        if shown.count() and shown.is_visible():
            shown.click()
        return self.page.get_by_role("complementary", name="People").or_(
            self.page.get_by_role("dialog", name="People")
        )

    def sees_online(self, *names: str) -> Self:
        """These people are shown as online in the room that is open."""
        panel = self.people
        for name in names:
            row = panel.get_by_role("listitem").filter(has_text=name)
            expect(row.get_by_text("Online").or_(row.get_by_label("Online"))).to_have_count(1)
        return self
