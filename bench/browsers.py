"""Chromium with devices, and people in it who go into a call: what is measured in real browsers."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

from bench.parley import Parley

PATIENCE_MS = 120_000
"""For what is not measured, on a machine that may be busy."""

CHROMIUM = os.environ.get("PARLEY_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # A machine that has only a loopback finds no candidates without.
    "--allow-loopback-in-peer-connection",
)
"""Devices that are granted without a question, and nothing that makes a connection quicker."""

ROOM = "The room of the call"


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def signed_in(browser: Browser, ours: Parley, name: str) -> Page:
    context = await browser.new_context(
        base_url=ours.url, locale="en-GB", permissions=["camera", "microphone"]
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto("/register")
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Password", exact=True).fill("quite long and not common")
    await page.get_by_role("button", name="Create account").click()
    await page.get_by_role("button", name="Create a room").first.wait_for()
    return page


async def makes_room(page: Page) -> None:
    await page.get_by_role("button", name="Create a room").first.click()
    dialog = page.get_by_role("dialog", name="Create a room")
    await dialog.get_by_label("Room name").fill(ROOM)
    await dialog.get_by_role("button", name="Create room").click()


async def finds_room(page: Page) -> None:
    await page.goto("/browse")
    card = page.get_by_role("listitem").filter(has_text=ROOM)
    await card.get_by_role("button", name="Join").click()


async def goes_in(page: Page) -> None:
    await page.get_by_role("button", name="Join", exact=True).click()
    await page.get_by_role("toolbar", name="Call controls").wait_for()


async def hold_a_call(host: Page, guest: Page) -> None:
    """One makes a room and starts a call in it, the other one joins both."""
    await makes_room(host)
    await finds_room(guest)
    await host.get_by_role("button", name="Start a call").click()
    await goes_in(host)
    await guest.get_by_role("button", name="Join the call").first.click()
    await goes_in(guest)
