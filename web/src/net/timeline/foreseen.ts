/** One's own deeds shown before the timeline has them, as it will have them. Pure. */
import type {
  DeleteMessage,
  EditMessage,
  React,
  Shown,
  TimelineEntry,
  Unreact,
} from '../../protocol/generated';
import { applied, requoted } from './shown';

export type DeedCommand = EditMessage | DeleteMessage | React | Unreact;

/** Something done to a message, by whom and when. */
export interface Deed {
  readonly command: DeedCommand;
  readonly user: string;
  readonly at: number;
}

/** The messages as they will stand once the server has carried these out, in this order. */
export function foreseen(messages: readonly Shown[], deeds: readonly Deed[]): readonly Shown[] {
  if (deeds.length === 0) return messages;
  const targets = new Set(deeds.map(({ command }) => command.target));
  return messages.map((message) => {
    const isConcerned = targets.has(message.seq) || targets.has(message.reply?.seq ?? 0);
    return isConcerned ? deeds.reduce(after, message) : message;
  });
}

function after(shown: Shown, deed: Deed): Shown {
  const { target } = deed.command;
  if (shown.seq !== target && shown.reply?.seq !== target) return shown;
  const entry = entryOf(deed, shown);
  if (shown.seq === target) return { ...applied(shown, entry), changed: shown.changed };
  return shown.reply === null ? shown : { ...shown, reply: requoted(shown.reply, entry) };
}

function entryOf({ command, user, at }: Deed, shown: Shown): TimelineEntry {
  const { room, client_id, target } = command;
  const entry = { room, seq: shown.changed + 1, at, author: user, client_id, prev: '', target };
  switch (command.t) {
    case 'chat.edit':
      // Whom it names is the server's to say, and is told a moment later.
      return { ...entry, t: 'message.edited', text: command.text, mentions: shown.mentions };
    case 'chat.delete':
      return { ...entry, t: 'message.deleted' };
    case 'chat.react':
      return { ...entry, t: 'reaction.added', emoji: command.emoji };
    case 'chat.unreact':
      return { ...entry, t: 'reaction.removed', emoji: command.emoji };
    default:
      return command satisfies never;
  }
}
