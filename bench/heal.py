"""A network that is cut between two people in a call, and how soon they see each other again."""

from contextlib import AsyncExitStack

from playwright.async_api import CDPSession, Page
from rich.console import Console

from bench import parley as parley_
from bench.browsers import chromium, hold_a_call, signed_in
from bench.figures import Figure, Outcome, Target, percentile, table
from bench.machine import Strangers

CUTS_SECONDS = (2, 10, 20, 45)
"""Shorter than anybody notices; while an ICE restart is tried; a later one; a new connection."""

BETWEEN_MS = 6_000
"""Until the lines' estimates have settled again."""

TARGET_MS = 5_000.0
LOSING_PATIENCE_MS = 60_000

# Losing all packets leaves the way to the server alone, which is TCP. The sockets of WebRTC must
# have been throttled from the beginning; this much is no limit.
_OPEN = {"offline": False, "latency": 0, "downloadThroughput": 1e9, "uploadThroughput": 1e9}

_KEEP = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...parts) { super(...parts); connections.push(this); }
};
"""
_PACKETS = """async () => {
  let [audio, video] = [0, 0];
  for (const report of (await connections.at(-1).getStats()).values()) {
    if (report.type !== 'inbound-rtp') continue;
    if (report.kind === 'audio') audio += report.packetsReceived;
    else video += report.framesDecoded ?? 0;
  }
  return { audio, video };
}"""
_AGAIN = f"""async ([began, patience]) => {{
  const read = {_PACKETS};
  const before = await read();
  const back = {{}};
  while (back.audio === undefined || back.video === undefined) {{
    if (Date.now() - began > patience) return null;
    await new Promise((soon) => setTimeout(soon, 20));
    const now = await read();
    for (const kind of ['audio', 'video']) {{
      // A new connection counts from nothing.
      if (now[kind] > before[kind]) back[kind] ??= Date.now() - began;
      before[kind] = now[kind];
    }}
  }}
  return back;
}}"""
"""Milliseconds from a moment until sound came in again, and until a picture was decoded."""

_NOW = "Date.now()"


async def run(console: Console, repeats: int, seconds: float) -> Outcome:
    """Cuts all packets between two pages again and again, and gives the network back.

    Then the same with a relay that is reached by TCP, which the cut leaves alone: here it counts
    from the cut on.
    """
    back: dict[int, list[float]] = {cut: [] for cut in CUTS_SECONDS}
    heard: list[float] = []
    around: list[float] = []
    beside = Strangers()
    async with AsyncExitStack() as running:
        call = await _Call.begin(running, relayed=False)
        for turn in range(repeats):
            console.print(f"[dim]heal: round {turn + 1} of {repeats}[/]")
            beside.begin()
            for cut in CUTS_SECONDS:
                for seen in await call.loses(cut):
                    back[cut].append(seen["video"])
                    heard.append(seen["audio"])
            beside.end()
    async with AsyncExitStack() as running:
        call = await _Call.begin(running, relayed=True)
        for _ in range(repeats):
            beside.begin()
            around += [max(seen.values()) for seen in await call.loses_all_but_the_relay()]
            beside.end()
    strangers = Figure(tuple(beside.percents), digits=0)
    figures = {
        "cuts": len(heard) // 2,
        "back_to_frame_ms": {str(cut): _spread(values) for cut, values in back.items()},
        "back_to_sound_ms": _spread(heard),
        "cut_to_relay_ms": _spread(around),
        "strangers_percent": strangers.as_json(),
    }
    rows = [(f"picture again after {cut} s without", *_row(back[cut])) for cut in CUTS_SECONDS]
    rows.append(("sound again, all of them", *_row(heard)))
    rows.append(("cut → both again by the relay over TCP", *_row(around)))
    shown = table("From the network's return", ("", "p50 ms", "p90 ms", "most ms"), rows)
    shown.caption = f"others’ CPU %: {strangers}"
    everything = [value for values in back.values() for value in values]
    targets = [
        Target("network back to first new frame, p90", percentile(everything, 0.9), TARGET_MS),
        Target("cut to healed by another route, p50", percentile(around, 0.5), TARGET_MS),
    ]
    return Outcome(figures, targets, [shown])


class _Call:
    """Two people in a call, and what of WebRTC gets through between them."""

    def __init__(self, pages: tuple[Page, Page], devtools: tuple[CDPSession, ...]) -> None:
        self._pages = pages
        self._devtools = devtools

    @classmethod
    async def begin(cls, running: AsyncExitStack, *, relayed: bool) -> "_Call":
        settings = {"PARLEY_TURN_LOOPBACK": "true"} if relayed else {}
        ours = await running.enter_async_context(parley_.running(settings=settings))
        browser = await running.enter_async_context(chromium())
        host, guest = [await signed_in(browser, ours, f"caller{number}") for number in (1, 2)]
        made: list[CDPSession] = []
        for page in (host, guest):
            await page.add_init_script(_KEEP)
            await page.reload()
            made.append(await page.context.new_cdp_session(page))
        call = cls((host, guest), tuple(made))
        for devtools in made:
            await devtools.send("Network.enable")
        await call._lose(0)
        await hold_a_call(host, guest)
        return call

    async def loses(self, seconds: float) -> list[dict[str, float]]:
        """Nothing gets through for so long; tells what each saw since the network is back."""
        await self._flows()
        await self._lose(100)
        await self._pages[0].wait_for_timeout(seconds * 1_000)
        await self._lose(0)
        return await self._again(await self._now())

    async def loses_all_but_the_relay(self) -> list[dict[str, float]]:
        """UDP is cut; tells what each saw since, while it still is."""
        await self._flows()
        began = await self._now()
        await self._lose(100)
        # What was under way at that moment has come.
        await self._pages[0].wait_for_timeout(500)
        seen = await self._again(began)
        await self._lose(0)
        return seen

    async def _now(self) -> float:
        now: float = await self._pages[0].evaluate(_NOW)
        return now

    async def _flows(self) -> None:
        await self._again(await self._now())
        await self._pages[0].wait_for_timeout(BETWEEN_MS)

    async def _again(self, began: float) -> list[dict[str, float]]:
        """Both pages share one clock with the machine."""
        seen: list[dict[str, float]] = []
        for page in self._pages:
            await page.evaluate(
                f"asked => {{ window.again = ({_AGAIN})(asked); }}", [began, LOSING_PATIENCE_MS]
            )
        for page in self._pages:
            told = await page.evaluate("window.again")
            if told is None:
                raise ConnectionError("the call did not heal")
            seen.append(told)
        return seen

    async def _lose(self, percent: int) -> None:
        for devtools in self._devtools:
            await devtools.send(
                "Network.emulateNetworkConditions", {**_OPEN, "packetLoss": percent}
            )


def _row(values: list[float]) -> tuple[float, float, float]:
    return percentile(values, 0.5), percentile(values, 0.9), max(values)


def _spread(values: list[float]) -> dict[str, float]:
    p50, p90, most = _row(values)
    return {"p50": p50, "p90": p90, "max": most}
