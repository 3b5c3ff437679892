import { createContext } from 'svelte';
import type { AppModel } from '../state/app.svelte';
import type { ConversationModel } from '../state/conversation.svelte';
import type { RoomModel } from '../state/room.svelte';
import type { TimelineModel } from '../state/timeline.svelte';

/** The models, for every component below `App`. */
export const [useApp, provideApp] = createContext<AppModel>();

/** What is open, for every component below `Conversation`. */
export interface OpenConversation {
  readonly room: RoomModel;
  readonly timeline: TimelineModel;
  readonly conversation: ConversationModel;
}
export const [useConversation, provideConversation] = createContext<OpenConversation>();
