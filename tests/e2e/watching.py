"""What plays in a page, judged by what comes out of it: pictures that change, a length."""

from dataclasses import dataclass

from playwright.sync_api import Locator

# Pictures by seeking and sound by decoding: how busy the machine is changes neither.
_JUDGE = """
async (video) => {
  const soon = (name) => new Promise((r) => video.addEventListener(name, r, { once: true }));
  if (video.readyState < 2) await soon('loadeddata');
  await video.play();
  while (!video.ended && video.currentTime < 0.3) await new Promise((r) => setTimeout(r, 20));
  const played = video.currentTime;
  video.pause();
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const pictures = new Set();
  let colours = 0;
  let missed = 0;
  // An encoder that falls behind writes most of its pictures at the beginning.
  const places = [0.9, 0.7, 0.5, 0.3, 0.1].map((part) => part * video.duration);
  places.push(0.25, 0.2, 0.15, 0.1, 0.05);
  for (const sought of places) {
    video.currentTime = sought;
    await soon('seeked');
    missed = Math.max(missed, Math.abs(video.currentTime - sought));
    context.drawImage(video, 0, 0, 64, 36);
    const picture = Array.from(context.getImageData(0, 0, 64, 36).data);
    pictures.add(picture.join());
    colours = Math.max(colours, new Set(picture).size);
  }
  const { duration, videoWidth, videoHeight } = video;
  return {
    duration, played, colours, missed,
    pictures: pictures.size, width: videoWidth, height: videoHeight,
  };
}
"""

# So many tiles with pictures, oneself's among them, and all have moved since they were looked at.
ALL_MOVE = """count => {
  const videos = [...document.querySelectorAll('li[data-session] video')];
  for (const video of videos) video.dataset.from ??= video.currentTime;
  return videos.length === count && videos.every(
    (video) => video.videoWidth > 0 && video.currentTime > Number(video.dataset.from) + 0.2);
}"""


@dataclass(frozen=True)
class Seen:
    """What a `<video>` showed, at ten places from its end to its beginning."""

    duration: float
    width: int
    height: int
    pictures: int
    """Different pictures among those that were looked at."""
    colours: int
    """Different values in the liveliest of them."""
    played: float
    """How far it went by itself, in seconds; it was stopped after a third of one."""
    missed: float
    """Seconds between where it was asked to go and where it went, at the worst."""


def watched(video: Locator) -> Seen:
    """Plays the beginning, then jumps about."""
    return Seen(**video.evaluate(_JUDGE))
