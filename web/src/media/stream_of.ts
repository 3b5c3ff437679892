const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/**
 * A stream of this track alone, the same one each time: browsers keep every stream that a track was
 * ever put into for as long as the track lives.
 */
export function streamOf(track: MediaStreamTrack): MediaStream {
  const stream = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, stream);
  return stream;
}
