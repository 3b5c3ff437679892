"""What plays in a page, judged by what comes out of it: pictures that change, sound, a length."""

from dataclasses import dataclass

from playwright.sync_api import Locator

_JUDGE = """
async (video) => {
  const soon = (name) => new Promise((r) => video.addEventListener(name, r, { once: true }));
  if (video.readyState < 2) await soon('loadeddata');
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const look = () => {
    context.drawImage(video, 0, 0, 64, 36);
    return Array.from(context.getImageData(0, 0, 64, 36).data);
  };
  const sound = new AudioContext();
  const ear = sound.createAnalyser();
  const source = sound.createMediaStreamSource(video.captureStream());
  source.connect(ear);
  await video.play();
  const pictures = new Set();
  let colours = 0;
  let loudest = 0;
  const wave = new Float32Array(ear.fftSize);
  // Two seconds of it, or all that there is.
  while (!video.ended && video.currentTime < 2.5) {
    const picture = look();
    pictures.add(picture.join());
    colours = Math.max(colours, new Set(picture).size);
    ear.getFloatTimeDomainData(wave);
    for (const value of wave) loudest = Math.max(loudest, Math.abs(value));
    await new Promise((r) => setTimeout(r, 40));
  }
  video.pause();
  source.disconnect();
  await sound.close();
  const { duration, videoWidth, videoHeight } = video;
  const sought = duration * 0.8;
  video.currentTime = sought;
  await soon('seeked');
  return {
    duration, loudest, colours, pictures: pictures.size,
    width: videoWidth, height: videoHeight, missed: Math.abs(video.currentTime - sought),
  };
}
"""


@dataclass(frozen=True)
class Seen:
    """What a `<video>` showed and sounded like in its first seconds."""

    duration: float
    width: int
    height: int
    pictures: int
    """Different pictures among those that were looked at."""
    colours: int
    """Different values in the liveliest of them."""
    loudest: float
    """0 is silence, 1 as loud as can be."""
    missed: float
    """Seconds between where it was asked to go and where it went."""


def watched(video: Locator) -> Seen:
    """Plays the beginning, then jumps towards the end."""
    return Seen(**video.evaluate(_JUDGE))
