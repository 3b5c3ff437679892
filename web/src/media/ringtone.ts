/** Two soft notes, a pause, and again: noticed across a room, and no alarm. */
const NOTES = [
  { hertz: 587.33, at: 0 },
  { hertz: 880, at: 0.22 },
] as const;
const EVERY_S = 2.4;
const LOUDNESS = 0.12;

/** Rings until the answer is called. Without a context, or before the first gesture, it is silent. */
export function ring(context: AudioContext | null): () => void {
  if (context === null) return () => undefined;
  const out = context.createGain();
  out.connect(context.destination);
  const play = (): void => {
    // What was asked for while the browser held the sound back would come all at once.
    if (context.state !== 'running') return;
    for (const { hertz, at } of NOTES) strike(context, out, hertz, context.currentTime + at);
  };
  play();
  const timer = setInterval(play, EVERY_S * 1000);
  return () => {
    clearInterval(timer);
    out.gain.setTargetAtTime(0, context.currentTime, 0.03);
    setTimeout(() => {
      out.disconnect();
    }, 300);
  };
}

/** One note that begins softly and fades by itself. */
function strike(context: AudioContext, out: AudioNode, hertz: number, at: number): void {
  const tone = context.createOscillator();
  const shape = context.createGain();
  tone.type = 'sine';
  tone.frequency.value = hertz;
  shape.gain.setValueAtTime(0, at);
  shape.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  shape.gain.exponentialRampToValueAtTime(0.0001, at + 0.9);
  tone.connect(shape).connect(out);
  tone.start(at);
  tone.stop(at + 1);
}
