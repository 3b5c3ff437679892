"""What a page holds open of devices, sound and workers, counted from outside."""

import json
from dataclasses import dataclass

import psutil
from playwright.sync_api import CDPSession, Page

from tests.e2e.waiting import until

COUNTS = """
(() => {
  const tracks = [];
  const counted = { workers: 0, feeds: 0 };
  for (const name of ['getUserMedia', 'getDisplayMedia']) {
    const real = MediaDevices.prototype[name];
    MediaDevices.prototype[name] = async function (...asked) {
      const stream = await real.apply(this, asked);
      // Weakly: what this counts must not be kept by the counting.
      for (const track of stream.getTracks()) tracks.push(new WeakRef(track));
      return stream;
    };
  }
  // Voices in a recording: a source may lead to a meter as well.
  const voices = new Set();
  const plug = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (into, ...asked) {
    const heard = this instanceof MediaStreamAudioSourceNode;
    if (heard && into instanceof MediaStreamAudioDestinationNode) voices.add(this);
    return plug.call(this, into, ...asked);
  };
  const unplug = AudioNode.prototype.disconnect;
  AudioNode.prototype.disconnect = function (...asked) {
    if (asked.length === 0) voices.delete(this);
    return unplug.apply(this, asked);
  };
  const Real = Worker;
  window.Worker = class extends Real {
    #feeds = 0;
    constructor(...asked) { super(...asked); counted.workers += 1; }
    terminate() {
      counted.workers -= 1;
      this.#feed(-this.#feeds);
      super.terminate();
    }
    postMessage(told, moved) {
      if (told?.t === 'feed') this.#feed(1);
      if (told?.t === 'unfeed') this.#feed(-1);
      super.postMessage(told, moved);
    }
    #feed(more) {
      this.#feeds += more;
      counted.feeds += more;
    }
  };
  window.openMedia = () => ({
    ...counted,
    voices: voices.size,
    tracks: tracks.filter((track) => track.deref()?.readyState === 'live').length,
  });
})();
"""


@dataclass(frozen=True)
class Open:
    """What is open at this moment."""

    tracks: int
    voices: int
    feeds: int
    workers: int


KINDS = (
    "AudioContext",
    "ConstantSourceNode",
    "HTMLCanvasElement",
    "MediaRecorder",
    "MediaStreamAudioDestinationNode",
    "MediaStreamTrackGenerator",
    "MediaStreamTrackProcessor",
    "VideoFrame",
    "Worker",
)
"""What recording makes. Tracks are counted by whether they are live: Chromium keeps what it has
handed out for another minute."""


PARTS = ("BrowseScreen", "DoctorScreen", "RecordingsScreen", "RoomSettings", "SettingsScreen")
"""What a page fetches once it has rested, asked for or not; a busy machine's page rests late."""

HAS_PARTS = """async (parts) => {
  const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
  const scripts = parts.map((part) =>
    fetched.find((name) => name.includes(`/${part}-`) && name.endsWith('.js')));
  if (scripts.includes(undefined)) return false;
  await Promise.all(scripts.map((script) => import(script)));
  return true;
}"""

LOOKS = 60


@dataclass(frozen=True)
class Memory:
    """What a page takes after everything unused was collected."""

    heap: int
    """Bytes of all that is alive of scripts, by a snapshot; elements are counted by `nodes`."""
    nodes: int
    listeners: int
    resident: int
    """Bytes of the largest process that draws a page, workers and frames included."""


class Counter:
    """Counts what one page holds. To be made before the page is opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._page.add_init_script(COUNTS)
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        browser = page.context.browser
        assert browser is not None
        self._processes: CDPSession = browser.new_browser_cdp_session()

    def open(self) -> Open:
        found = self._page.evaluate("window.openMedia()")
        return Open(**{name: found[name] for name in Open.__dataclass_fields__})

    def kept(self) -> dict[str, int]:
        """How many objects of each kind are left once everything unused was collected."""
        return {kind: self._instances(kind) for kind in KINDS}

    def goes_back_to(self, was_open: Open, kept: dict[str, int]) -> None:
        """Some are let go by another thread, and collected at a later look; all of them are."""
        for _ in range(LOOKS):
            if self.open() == was_open and self.kept() == kept:
                break
            self._page.wait_for_timeout(500)
        assert self.open() == was_open
        assert self.kept() == kept

    def _instances(self, kind: str) -> int:
        ask = self._devtools.send
        prototype = ask("Runtime.evaluate", {"expression": f"{kind}.prototype"})["result"]
        asked = {"prototypeObjectId": prototype["objectId"], "objectGroup": "counted"}
        found = ask("Runtime.queryObjects", asked)["objects"]
        call = {"functionDeclaration": "function () { return this.length; }", "returnByValue": True}
        count = ask("Runtime.callFunctionOn", {"objectId": found["objectId"], **call})["result"]
        ask("Runtime.releaseObjectGroup", {"objectGroup": "counted"})
        ask("Runtime.releaseObject", {"objectId": prototype["objectId"]})
        return int(count["value"])

    def memory(self) -> Memory:
        """Collects twice: what only finalisers held goes with the second."""
        until(self._page, HAS_PARTS, arg=PARTS)
        self._devtools.send("HeapProfiler.collectGarbage")
        self._devtools.send("HeapProfiler.collectGarbage")
        dom = self._devtools.send("Memory.getDOMCounters")
        running = self._processes.send("SystemInfo.getProcessInfo")["processInfo"]
        resident = max(_resident(one["id"]) for one in running if one["type"] == "renderer")
        return Memory(self._living(), int(dom["nodes"]), int(dom["jsEventListeners"]), resident)

    def _living(self) -> int:
        """What V8 says that it uses is off by hundreds of kilobytes: it sweeps when it likes."""
        written: list[str] = []

        def write(event: dict[str, str]) -> None:
            written.append(event["chunk"])

        self._devtools.on("HeapProfiler.addHeapSnapshotChunk", write)
        self._devtools.send("HeapProfiler.takeHeapSnapshot")
        self._devtools.remove_listener("HeapProfiler.addHeapSnapshotChunk", write)
        found = json.loads("".join(written))
        meta, nodes = found["snapshot"]["meta"], found["nodes"]
        fields, kinds = meta["node_fields"], meta["node_types"][0]
        types = nodes[fields.index("type") :: len(fields)]
        sizes = nodes[fields.index("self_size") :: len(fields)]
        native = kinds.index("native")
        return sum(size for kind, size in zip(types, sizes, strict=True) if kind != native)


def _resident(process: int) -> int:
    try:
        return int(psutil.Process(process).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
