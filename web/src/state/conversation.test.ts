import { beforeEach, describe, expect, test } from 'vitest';
import { refusedHere } from '../protocol/refused';
import { ConversationModel } from './conversation.svelte';
import type { TimelineModel } from './timeline.svelte';

let edits: { text: string; answer: (refused?: unknown) => void }[];
let conversation: ConversationModel;

beforeEach(() => {
  edits = [];
  const timeline = {
    room: 'room',
    message: () => ({ text: 'said' }),
    edit: (_: number, text: string) =>
      new Promise<void>((resolve, reject) => {
        edits.push({
          text,
          answer: (refused) => {
            if (refused === undefined) resolve();
            else reject(refused as Error);
          },
        });
      }),
  };
  const preferences = { get: () => null, set: () => undefined };
  conversation = new ConversationModel(timeline as unknown as TimelineModel, preferences, 'ann');
});

describe('an edit', () => {
  test('closes its editor at once, and asks nothing where nothing changed', async () => {
    for (const text of ['said', '']) {
      conversation.edit(3);
      await conversation.saveEdit(3, text);
      expect(conversation.editing).toBeNull();
    }
    expect(edits).toEqual([]);
    conversation.edit(3);
    const saved = conversation.saveEdit(3, 'meant');
    expect(conversation.editing).toBeNull();
    edits[0]?.answer();
    await expect(saved).resolves.toBeUndefined();
    expect(conversation.unsavedOf(3)).toBeNull();
  });

  test('that is refused comes back with its text', async () => {
    const refused = refusedHere('client.offline');
    conversation.edit(3);
    const saved = conversation.saveEdit(3, 'meant');
    edits[0]?.answer(refused);
    await expect(saved).resolves.toBeUndefined();
    expect(conversation.editing).toBe(3);
    expect(conversation.unsavedOf(3)).toEqual({ seq: 3, text: 'meant', refused });
    conversation.edit(null);
    expect(conversation.unsavedOf(3)).toBeNull();
  });

  test('that is refused while another is being written tells, and waits for its turn', async () => {
    const refused = refusedHere('client.offline');
    const saved = conversation.saveEdit(3, 'meant');
    conversation.edit(5);
    edits[0]?.answer(refused);
    await expect(saved).rejects.toBe(refused);
    expect(conversation.editing).toBe(5);
    expect(conversation.unsavedOf(3)?.text).toBe('meant');
  });
});
