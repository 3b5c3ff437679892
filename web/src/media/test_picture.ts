/** A picture that moves, for checks that need one where there may be no camera. */
export interface TestPicture {
  readonly track: MediaStreamTrack;
  stop(): void;
}

const PER_SECOND = 15;

/** Draws one; `null` where the browser can't make a track of what it draws. */
export function testPicture(document: Document): TestPicture | null {
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 180;
  const context = canvas.getContext('2d');
  if (context === null || !('captureStream' in canvas)) return null;
  let frame = 0;
  const draw = (): void => {
    frame += 1;
    context.fillStyle = `hsl(${(frame * 7) % 360}deg 60% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  draw();
  const drawing = setInterval(draw, 1000 / PER_SECOND);
  const [track] = canvas.captureStream(PER_SECOND).getVideoTracks();
  const stop = (): void => {
    clearInterval(drawing);
    track?.stop();
  };
  if (track === undefined) {
    stop();
    return null;
  }
  return { track, stop };
}
