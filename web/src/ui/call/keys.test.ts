import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppModel } from '../../state/app.svelte';
import { callKeys, type CallKeys } from './keys';

const space = { code: 'Space', key: ' ' };
const meta = { code: 'MetaLeft', key: 'Meta' };

function pressed(what: Partial<KeyboardEvent>): KeyboardEvent {
  return Object.assign(new Event('key', { cancelable: true }), what) as KeyboardEvent;
}

describe('the keys of a call', () => {
  const media = {
    muted: true,
    setMicrophone(on: boolean): Promise<null> {
      media.muted = !on;
      return Promise.resolve(null);
    },
  };
  let keys: CallKeys;

  beforeEach(() => {
    vi.stubGlobal('HTMLElement', EventTarget);
    media.muted = true;
    const app = {
      call: { isIn: () => true, listening: false },
      localMedia: media,
      announcer: { interrupt: () => undefined },
      locale: { t: (name: string) => name },
    };
    keys = callKeys(app as unknown as AppModel);
    return () => {
      vi.unstubAllGlobals();
    };
  });

  test('hold the microphone open while space is down, and no longer', () => {
    const down = pressed(space);
    keys.down(down);
    expect([media.muted, down.defaultPrevented]).toEqual([false, true]);
    keys.down(pressed({ ...space, repeat: true }));
    expect(media.muted).toBe(false);
    keys.up(pressed({ code: 'KeyX', key: 'x' }));
    expect(media.muted).toBe(false);
    keys.up(pressed(space));
    expect(media.muted).toBe(true);
    // Whoever was not muted is not by space.
    media.muted = false;
    keys.down(pressed(space));
    keys.up(pressed(space));
    expect(media.muted).toBe(false);
  });

  test('close it where space goes up beside Option, which makes another character of it', () => {
    keys.down(pressed(space));
    keys.down(pressed({ code: 'AltLeft', key: 'Alt', altKey: true }));
    keys.up(pressed({ code: 'Space', key: '\u00a0', altKey: true }));
    expect(media.muted).toBe(true);
  });

  test('close it with Command: a Mac does not tell that space goes up beside it', () => {
    keys.down(pressed(space));
    keys.down(pressed({ ...meta, metaKey: true }));
    expect(media.muted).toBe(true);
    keys.up(pressed(meta));
    expect(media.muted).toBe(true);
    keys.down(pressed({ ...space, metaKey: true }));
    expect(media.muted).toBe(true);
    // Its going down was told to nobody: another program had the keyboard.
    keys.down(pressed(space));
    keys.up(pressed(meta));
    expect(media.muted).toBe(true);
  });
});
