"""Peers of a call alone in a page: `web/src/rtc` on real connections, without a server.

What the whole system makes of them is for the other files named `test_call_…`.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.waiting import until

WEB = Path(__file__).parents[2] / "web"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with nothing but peers on it, built of the client's own sources."""
    folder = tmp_path_factory.mktemp("peers")
    own = Path(sys.executable).parent
    node = which("node") or which("node", path=str(own)) or "node"
    built = subprocess.run(
        [
            node,
            "node_modules/vite/bin/vite.js",
            "build",
            "--config=test/rtc/page/vite.config.ts",
            f"--outDir={folder}",
        ],
        cwd=WEB,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    serving = threading.Thread(target=server.serve_forever, name="peers")
    serving.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def peers(chromium_with_devices: Browser, page_url: str) -> Iterator[Page]:
    """The page, with `call` in it; nothing may fail there unseen."""
    context = chromium_with_devices.new_context(permissions=["camera", "microphone"])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(page_url)
    page.evaluate("window.call = new Call()")
    yield page
    complaints = page.evaluate("[...call.people.values()].flatMap(p => p.complaints)")
    context.close()
    assert [*faults, *complaints] == []


TWO = """async () => {
  await call.join('ann', { camera: true, microphone: true });
  await call.join('ben', { camera: true, microphone: true });
  await call.until('ann', 'ben', 'connected microphone camera');
  await call.until('ben', 'ann', 'connected microphone camera');
}"""


def test_a_listener_without_devices_sees_and_hears_after_one_offer(peers: Page) -> None:
    peers.evaluate("""async () => {
      await call.join('ann', { camera: true, microphone: true });
      await call.join('ben');
      await call.until('ben', 'ann', 'connected microphone camera');
      await call.until('ann', 'ben', 'connected');
    }""")
    # The browser is asked for it once there is a connection.
    until(peers, "() => call.at('ben').mesh.peers.get('ann').route !== null")
    found = peers.evaluate("""async () => {
      const [ann, ben] = [call.at('ann'), call.at('ben')];
      return {
        offers: [ann.offers, ben.offers],
        width: await ben.width('ann'),
        route: ben.mesh.peers.get('ann').route,
      };
    }""")
    assert found == {"offers": [0, 1], "width": 320, "route": "direct"}


def test_both_change_at_the_same_instant_fifty_times(peers: Page) -> None:
    peers.evaluate(TWO)
    found = peers.evaluate("""async () => {
      const [ann, ben] = [call.at('ann'), call.at('ben')];
      const before = [ann.offers, ben.offers];
      for (let time = 0; time < 50; time += 1) {
        const on = time % 2 === 0;
        ann.share(on);
        ben.share(on);
        const wanted = 'connected microphone camera' + (on ? ' screen' : '');
        await call.until('ann', 'ben', wanted);
        await call.until('ben', 'ann', wanted);
      }
      const states = [ann, ben].flatMap(p => p.connections.map(c => c.signalingState));
      return {
        glares: Math.min(ann.offers - before[0], ben.offers - before[1]),
        lines: Math.max(ann.lines, ben.lines),
        states,
      };
    }""")
    assert found["glares"] >= 50, "they did not offer at the same instant"
    assert found["lines"] <= 4
    assert found["states"] == ["stable", "stable"]


def test_a_camera_is_switched_ten_times_without_a_word(peers: Page) -> None:
    peers.evaluate(TWO)
    found = peers.evaluate("""async () => {
      const [ann, ben] = [call.at('ann'), call.at('ben')];
      const [offers, lines] = [ann.offers + ben.offers, ann.lines];
      const track = ben.mesh.peers.get('ann').tracks.camera;
      for (let time = 1; time <= 10; time += 1) {
        await ann.openCamera(time % 2);
        const before = await ben.frames('ann');
        await call.frame("ben", "ann", before);
      }
      return {
        offers: ann.offers + ben.offers - offers,
        lines: ann.lines - lines,
        same: ben.mesh.peers.get('ann').tracks.camera === track && track.readyState === 'live',
      };
    }""")
    assert found == {"offers": 0, "lines": 0, "same": True}


def test_a_screen_comes_and_goes_ten_times_in_one_place(peers: Page) -> None:
    peers.evaluate(TWO)
    lines = peers.evaluate("""async () => {
      const [ann, ben] = [call.at('ann'), call.at('ben')];
      for (let time = 0; time < 10; time += 1) {
        ann.share(true);
        await call.until('ben', 'ann', 'connected microphone camera screen');
        ann.share(false);
        await call.until('ben', 'ann', 'connected microphone camera');
      }
      return [ann.lines, ben.lines];
    }""")
    assert lines == [3, 3]


def test_a_camera_that_is_off_leaves_no_frozen_picture(peers: Page) -> None:
    peers.evaluate(TWO)
    peers.evaluate("""async () => {
      call.at('ann').send({ camera: null });
      await call.until('ben', 'ann', 'connected microphone');
      await call.at('ann').openCamera(1);
      await call.until('ben', 'ann', 'connected microphone camera');
    }""")


def test_who_leaves_and_who_comes_back_with_the_same_session(peers: Page) -> None:
    peers.evaluate(TWO)
    found = peers.evaluate("""async () => {
      await call.join('cem', { camera: true });
      await call.until('cem', 'ann', 'connected microphone camera');
      await call.until('cem', 'ben', 'connected microphone camera');
      await call.until('ann', 'cem', 'connected camera');
      await call.reload('ben');
      await call.until('ben', 'ann', 'connected microphone camera', 15000);
      await call.until('ann', 'ben', 'connected camera', 15000);
      await call.until('cem', 'ben', 'connected camera', 15000);
      call.leave('ann');
      const [ben, cem] = [call.at('ben'), call.at('cem')];
      const open = [ben, cem].flatMap(
        p => p.connections.filter(c => c.signalingState !== 'closed'));
      return [[...ben.mesh.peers.keys()], [...cem.mesh.peers.keys()], open.length];
    }""")
    assert found == [["cem"], ["ben"], 2]


def test_both_sides_have_the_same_words_and_a_forger_is_refused(peers: Page) -> None:
    peers.evaluate(TWO)
    found = peers.evaluate("""async () => {
      const verified = (one, other) => call.at(one).mesh.peers.get(other).verified;
      const words = [verified('ann', 'ben'), verified('ben', 'ann')];
      call.forge = sdp => sdp.replaceAll(
        /^a=fingerprint:sha-256 (..)/gm, (line, byte) =>
          'a=fingerprint:sha-256 ' + (byte === '00' ? '11' : '00'));
      await call.join('eve', { camera: true });
      await call.until('ann', 'eve', 'failed');
      const { why, verified: eve } = call.at('ann').mesh.peers.get('eve');
      return { words, why, eve };
    }""")
    ann, ben = found["words"]
    assert ann == ben
    assert ann["state"] == "verified"
    assert len(ann["words"].replace(" ", "")) == 25
    assert found["why"] == "notVerified"
    assert found["eve"] == {"state": "wrong", "words": None}


def test_a_device_keeps_its_key_and_shows_it_to_nobody(peers: Page) -> None:
    key = "new IndexedIdentity().own().then(own => own.key)"
    first = peers.evaluate(key)
    peers.reload()
    assert peers.evaluate(key) == first
    stolen = peers.evaluate("""async () => {
      const open = indexedDB.open('parley-keys');
      await new Promise(done => { open.onsuccess = done; });
      const get = open.result.transaction('own').objectStore('own').get('pair');
      await new Promise(done => { get.onsuccess = done; });
      window.call = new Call();
      return crypto.subtle.exportKey('pkcs8', get.result.privateKey).then(
        () => 'exported', error => error.name);
    }""")
    assert stolen == "InvalidAccessError"
