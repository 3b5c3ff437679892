"""Joining a call: from the click to the first picture of somebody else, in real browsers."""

from contextlib import AsyncExitStack

from playwright.async_api import Page
from rich.console import Console

from bench import parley as parley_
from bench.browsers import chromium, finds_room, goes_in, makes_room, signed_in
from bench.figures import Figure, Outcome, Target, percentile, table
from bench.machine import Strangers

JOINS_EACH_ROUND = 5
"""Five rounds, which is the default, make 25 joins."""

TARGET_P50_MS = 500.0
_JOIN = """async button => {
  const clicked = performance.now();
  button.click();
  const told = {};
  for (;;) {
    const others = [...document.querySelectorAll('[aria-label="People in the call"] li')]
      .filter(tile => !(tile.getAttribute('aria-label') ?? '').includes('(you)'));
    if (others.length > 0) told.tile ??= performance.now() - clicked;
    const video = others.map(tile => tile.querySelector('video')).find(found => found !== null);
    if (video !== undefined) {
      told.track ??= performance.now() - clicked;
      await new Promise(shown => video.requestVideoFrameCallback(shown));
      return { ...told, frame: performance.now() - clicked };
    }
    await new Promise(again => setTimeout(again, 4));
  }
}"""
"""Clicks, and tells after how many milliseconds the other one's tile was there, their picture's
element, and its first frame was handed to the screen."""


async def run(console: Console, repeats: int, seconds: float) -> Outcome:
    """One person stays in a call; another one comes, sees them, and leaves, again and again."""
    seen: dict[str, list[float]] = {"tile": [], "track": [], "frame": []}
    beside = Strangers()
    async with AsyncExitStack() as running:
        ours = await running.enter_async_context(parley_.running())
        browser = await running.enter_async_context(chromium())
        host, guest = [await signed_in(browser, ours, f"caller{number}") for number in (1, 2)]
        await makes_room(host)
        await finds_room(guest)
        await host.get_by_role("button", name="Start a call").click()
        await goes_in(host)
        # The first one is colder than all others: code, codecs and permissions are loaded.
        await _joins_and_leaves(guest)
        for turn in range(repeats):
            console.print(f"[dim]call: round {turn + 1} of {repeats}[/]")
            beside.begin()
            for _ in range(JOINS_EACH_ROUND):
                for name, took in (await _joins_and_leaves(guest)).items():
                    seen[name].append(took)
            beside.end()
    p50 = {name: round(percentile(took, 0.5), 1) for name, took in seen.items()}
    p90 = {name: round(percentile(took, 0.9), 1) for name, took in seen.items()}
    strangers = Figure(tuple(beside.percents), digits=0)
    figures = {
        "joins": len(seen["frame"]),
        "p50_ms": p50,
        "p90_ms": p90,
        "strangers_percent": strangers.as_json(),
    }
    names = {"tile": "tile", "track": "element of the picture", "frame": "first frame"}
    rows = [(names[name], p50[name], p90[name], round(min(took), 1)) for name, took in seen.items()]
    title = f"From the click on “Join” to the other person's …; {len(seen['frame'])} joins"
    shown = table(title, ("", "p50 ms", "p90 ms", "least ms"), rows)
    shown.caption = f"others’ CPU %: {strangers}"
    target = Target("click to first remote frame, p50", p50["frame"], TARGET_P50_MS, unit="ms")
    return Outcome(figures, [target], [shown])


async def _joins_and_leaves(page: Page) -> dict[str, float]:
    await page.get_by_role("button", name="Join the call").first.click()
    # Devices are open once one sees oneself at the door.
    await page.wait_for_function(
        "() => [...document.querySelectorAll('video')].some(video => video.videoWidth > 0)"
    )
    door = page.get_by_role("button", name="Join", exact=True)
    took: dict[str, float] = await door.evaluate(_JOIN)
    # At once, as a click by hand would wait for the stage to stand still.
    await page.get_by_role("button", name="Leave", exact=True).evaluate("leave => leave.click()")
    await page.get_by_role("toolbar", name="Call controls").wait_for(state="detached")
    return took
