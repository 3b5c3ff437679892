"""Recording a call of two: what it costs the browser that records, and the bytes that it writes."""

import asyncio
import base64
import io
from contextlib import AsyncExitStack
from typing import Any

import av
import psutil
from playwright.async_api import Browser, CDPSession, Page
from rich.console import Console

from bench import parley as parley_
from bench.browsers import chromium, hold_a_call, signed_in
from bench.figures import Figure, Outcome, Target, table
from bench.machine import Strangers

WARM_UP_SECONDS = 15.0
"""Until the line is known, and what runs often is compiled."""

TARGET_CORES = 1.0
"""A recording should leave the other one of two cores to the call."""

_WRITTEN = """async () => {
  let size = 0;
  const walk = async folder => {
    for await (const [name, handle] of folder) {
      if (handle.kind !== 'file') await walk(handle);
      else if (name.endsWith('.part')) size += (await handle.getFile()).size;
    }
  };
  await walk(await navigator.storage.getDirectory());
  return size;
}"""
"""Bytes of the recording that is under way."""


_NEWEST = """async () => {
  const found = [];
  const walk = async folder => {
    for await (const [name, handle] of folder) {
      if (handle.kind !== 'file') await walk(handle);
      else if (name.endsWith('.webm')) found.push([name, handle]);
    }
  };
  await walk(await navigator.storage.getDirectory());
  const [, newest] = found.sort(([one], [other]) => (one < other ? -1 : 1)).at(-1);
  const reader = new FileReader();
  reader.readAsDataURL(await newest.getFile());
  await new Promise(read => reader.addEventListener('load', read));
  return reader.result.split(',')[1];
}"""
"""The file of the recording that was finished last."""


class Costs:
    """CPU of one browser's processes, by what they are for."""

    def __init__(self, browser: CDPSession) -> None:
        self._browser = browser

    async def now(self) -> dict[str, float]:
        """Seconds of CPU so far: pages with their workers, and everything else."""
        found = await self._browser.send("SystemInfo.getProcessInfo")
        spent = {"pages": 0.0, "rest": 0.0}
        for process in found["processInfo"]:
            try:
                times = psutil.Process(process["id"]).cpu_times()
            except psutil.NoSuchProcess:
                continue
            where = "pages" if process["type"] == "renderer" else "rest"
            spent[where] += times.user + times.system
        return spent


class Window:
    """What a stretch of a call cost, second by second."""

    def __init__(self) -> None:
        self.pages: list[float] = []
        self.rest: list[float] = []
        self.bytes: list[float] = []

    async def measure(self, page: Page, costs: Costs, seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        began, before, written = clock(), await costs.now(), await page.evaluate(_WRITTEN)
        await asyncio.sleep(seconds)
        took, after = clock() - began, await costs.now()
        self.pages.append((after["pages"] - before["pages"]) / took)
        self.rest.append((after["rest"] - before["rest"]) / took)
        self.bytes.append((await page.evaluate(_WRITTEN) - written) / took)

    @property
    def cores(self) -> Figure:
        return Figure(tuple(a + b for a, b in zip(self.pages, self.rest, strict=True)))


async def run(console: Console, repeats: int, seconds: float) -> Outcome:
    """Two people in a call, each in a browser of their own; one records, and does not, in turns."""
    plain, recorded, beside = Window(), Window(), Strangers()
    pictures: list[float] = []
    async with AsyncExitStack() as running:
        ours = await running.enter_async_context(parley_.running())
        browsers = [await running.enter_async_context(chromium()) for _ in range(2)]
        host, guest = [
            await signed_in(browser, ours, f"recorded{number}")
            for number, browser in enumerate(browsers, start=1)
        ]
        await _meet(host, guest)
        await asyncio.sleep(WARM_UP_SECONDS)
        costs = Costs(await browsers[0].new_browser_cdp_session())
        heaps = [await _heap(browsers[0], host)]
        for turn in range(repeats):
            console.print(f"[dim]recording: turn {turn + 1} of {repeats}[/]")
            beside.begin()
            await plain.measure(host, costs, seconds)
            await host.get_by_role("button", name="Record", exact=True).click()
            await host.get_by_role("button", name="Stop recording").wait_for()
            await recorded.measure(host, costs, seconds)
            await host.get_by_role("button", name="Stop recording").click()
            await host.get_by_role("button", name="Record", exact=True).wait_for()
            pictures.append(_pictures(base64.b64decode(await host.evaluate(_NEWEST))))
            beside.end()
            heaps.append(await _heap(browsers[0], host))
    strangers = Figure(tuple(beside.percents), digits=0)
    return _outcome(plain, recorded, Figure(tuple(pictures), digits=1), heaps, strangers)


def _outcome(
    plain: Window, recorded: Window, pictures: Figure, heaps: list[int], strangers: Figure
) -> Outcome:
    more = Figure(
        tuple(b - a for a, b in zip(plain.cores.values, recorded.cores.values, strict=True))
    )
    rate = Figure(tuple(one / 1000 for one in recorded.bytes), digits=0)
    figures: dict[str, Any] = {
        "cores_of_the_call": plain.cores.as_json(),
        "cores_of_the_recorded_call": recorded.cores.as_json(),
        "cores_of_recording": more.as_json(),
        "pictures_a_second": pictures.as_json(),
        "kilobytes_a_second": rate.as_json(),
        "heap_bytes": heaps,
        "strangers_percent": strangers.as_json(),
    }
    rows = [
        (name, window.cores, Figure(tuple(window.pages)), Figure(tuple(window.rest)), *file)
        for name, window, file in (
            ("in the call", plain, ("", "")),
            ("recording it", recorded, (pictures, rate)),
        )
    ]
    columns = ("", "cores", "pages and workers", "everything else", "pictures/s", "kB/s")
    shown = table("The browser of the one who records, of a call of two", columns, rows)
    grown = f"{heaps[0] / 1e6:.1f} MB before the first recording"
    if heaps[1:]:
        grown += f", {heaps[1] / 1e6:.1f} MB after it, {heaps[-1] / 1e6:.1f} MB after the last"
    shown.caption = f"recording alone: {more} cores; heap {grown}; others’ CPU %: {strangers}"
    target = Target("CPU of recording a call of two", more.median, TARGET_CORES, unit="cores")
    return Outcome(figures, [target], [shown])


def _pictures(file: bytes) -> float:
    """Pictures a second of a recorded file: an encoder that is starved leaves some out."""
    with av.open(io.BytesIO(file), "r") as recording:
        count = sum(packet.pts is not None for packet in recording.demux(video=0))
        return count * av.time_base / max(1, recording.duration or 0)


async def _meet(host: Page, guest: Page) -> None:
    await hold_a_call(host, guest)
    await host.wait_for_function(
        "() => [...document.querySelectorAll('[aria-label=\"People in the call\"] video')]"
        ".filter(video => video.videoWidth > 0).length === 2"
    )


async def _heap(browser: Browser, page: Page) -> int:
    """Bytes of the page's heap, once everything unused was collected."""
    devtools = await browser.contexts[0].new_cdp_session(page)
    for _ in range(2):
        await devtools.send("HeapProfiler.collectGarbage")
    used = await devtools.send("Runtime.getHeapUsage")
    await devtools.detach()
    return int(used["usedSize"])
