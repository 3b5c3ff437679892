import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Archive } from './archive';
import { Take } from './take';
import type { Asked } from './writing';

let asked: Asked['t'][];
let heldNames: Set<string>;

/** A disk that takes everything. */
class WillingWorker extends EventTarget {
  postMessage({ t }: Asked): void {
    asked.push(t);
    this.dispatchEvent(new MessageEvent('message', { data: { t: 'done', entry: null } }));
  }
  terminate(): void {}
}

class ScriptedRecorder extends EventTarget {
  state: RecordingState = 'inactive';
  start(): void {
    this.state = 'recording';
    this.dispatchEvent(new Event('start'));
  }
  stop(): void {
    this.state = 'inactive';
    this.dispatchEvent(new Event('stop'));
  }
}

const locks = {
  async request(name: string, _: LockOptions, taken: (lock: object) => Promise<void>) {
    heldNames.add(name);
    await taken({});
    heldNames.delete(name);
  },
};

beforeEach(() => {
  asked = [];
  heldNames = new Set();
  vi.stubGlobal('Worker', WillingWorker);
  vi.stubGlobal('MediaRecorder', ScriptedRecorder);
  vi.stubGlobal('navigator', { locks });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a recording is finished, and said to be, after its person has signed out', async () => {
  const archive = new Archive('ann', {} as StorageManager);
  const changes = vi.fn();
  archive.onChange(changes);
  const take = await Take.begin(archive, {
    stream: {} as MediaStream,
    format: { mime: 'video/webm', suffix: 'webm' },
    pixels: 1,
    title: null,
    of: 'alone',
  });
  expect(changes).toHaveBeenCalledOnce();
  take.stop();
  archive.close();
  expect(await take.over).toBeNull();
  await take.finish();
  expect(asked).toEqual(['open', 'finish']);
  await vi.waitFor(() => {
    expect(heldNames.size).toBe(0);
  });
});
