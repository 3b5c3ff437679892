/** Parts of the page that one comes to later, if at all. */
import { Part } from './part';

export const settings = new Part(() => import('./settings/SettingsScreen.svelte'));
export const roomSettings = new Part(() => import('./room/RoomSettings.svelte'));
export const browse = new Part(() => import('./rooms/BrowseScreen.svelte'));
export const doctor = new Part(() => import('./doctor/DoctorScreen.svelte'));
export const recordings = new Part(() => import('./recordings/RecordingsScreen.svelte'));

/** Fetched once the first picture stands, so that a later update of the server takes none away. */
export function warmAll(): void {
  for (const part of [settings, roomSettings, browse, doctor, recordings]) part.warm();
}
