"""What a page holds open of devices, sound and workers, counted from outside."""

from dataclasses import dataclass

import psutil
from playwright.sync_api import CDPSession, Page

COUNTS = """
(() => {
  const tracks = [];
  const counted = { voices: 0, workers: 0, feeds: 0 };
  for (const name of ['getUserMedia', 'getDisplayMedia']) {
    const real = MediaDevices.prototype[name];
    MediaDevices.prototype[name] = async function (...asked) {
      const stream = await real.apply(this, asked);
      // Weakly: what this counts must not be kept by the counting.
      for (const track of stream.getTracks()) tracks.push(new WeakRef(track));
      return stream;
    };
  }
  const voice = AudioContext.prototype.createMediaStreamSource;
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    counted.voices += 1;
    return voice.call(this, stream);
  };
  const unplug = AudioNode.prototype.disconnect;
  AudioNode.prototype.disconnect = function (...asked) {
    if (this instanceof MediaStreamAudioSourceNode) counted.voices -= 1;
    return unplug.apply(this, asked);
  };
  const Real = Worker;
  window.Worker = class extends Real {
    constructor(...asked) { super(...asked); counted.workers += 1; }
    terminate() { counted.workers -= 1; super.terminate(); }
    postMessage(told, moved) {
      if (told?.t === 'feed') counted.feeds += 1;
      if (told?.t === 'unfeed') counted.feeds -= 1;
      super.postMessage(told, moved);
    }
  };
  window.openMedia = () => ({
    ...counted,
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


@dataclass(frozen=True)
class Memory:
    """What a page takes after everything unused was collected."""

    heap: int
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

    def memory(self) -> Memory:
        """Collects twice: what only finalisers held goes with the second."""
        self._devtools.send("HeapProfiler.collectGarbage")
        self._devtools.send("HeapProfiler.collectGarbage")
        heap = self._devtools.send("Runtime.getHeapUsage")["usedSize"]
        dom = self._devtools.send("Memory.getDOMCounters")
        running = self._processes.send("SystemInfo.getProcessInfo")["processInfo"]
        resident = max(_resident(one["id"]) for one in running if one["type"] == "renderer")
        return Memory(int(heap), int(dom["nodes"]), int(dom["jsEventListeners"]), resident)


def _resident(process: int) -> int:
    try:
        return int(psutil.Process(process).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
