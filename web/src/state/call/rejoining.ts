import type { CallModel } from './call.svelte';
import type { Here } from './interrupted.svelte';
import type { LocalMediaModel } from './local_media.svelte';

/** Back into a call that a reload or a crash interrupted, with the devices one had on. */
export async function rejoin(
  call: CallModel,
  media: LocalMediaModel,
  { room, listening }: Here,
): Promise<void> {
  if (listening) {
    await call.listen(room);
    return;
  }
  const joining = call.join(room);
  // One is in before the browser has asked for the devices, where it asks anew.
  await media.openAll();
  media.settleForWhatThereIs();
  await joining;
}
