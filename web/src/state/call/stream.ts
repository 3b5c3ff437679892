/** What an element plays a track by. */
export { streamOf } from '../../media/stream_of';
