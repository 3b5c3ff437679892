import { beforeEach, describe, expect, test } from 'vitest';
import {
  participant,
  ScriptedLine,
  ScriptedMedia,
  ScriptedMesh,
} from '../../../test/support/scripted_call';
import { NO_TRACKS, type PeerView } from '../../rtc/view';
import { CallModel } from './call.svelte';
import { CallsModel } from './calls.svelte';
import { QualityModel } from './quality.svelte';

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const ticks = { now: () => 0, after: () => () => undefined };

const view = (session: string, state: PeerView['state']): PeerView => ({
  session,
  state,
  why: null,
  route: null,
  tracks: NO_TRACKS,
  verified: null,
});

describe('a call', () => {
  let line: ScriptedLine;
  let media: ScriptedMedia;
  let meshes: ScriptedMesh[];
  let calls: CallsModel;
  let call: CallModel;
  let kept: string[];
  let before: string | null;

  const mesh = (): ScriptedMesh => {
    const last = meshes.at(-1);
    if (last === undefined) throw new Error('there is no mesh');
    return last;
  };
  const present = (): string[] => mesh().roster.map(({ session }) => session);

  beforeEach(() => {
    line = new ScriptedLine('kitchen');
    media = new ScriptedMedia();
    meshes = [];
    kept = [];
    before = null;
    calls = new CallsModel(line);
    call = new CallModel({
      connection: line,
      calls,
      media,
      quality: new QualityModel(ticks),
      ears: { listen: () => () => undefined },
      interrupted: {
        keep: ({ session, listening }) => {
          kept.push(`${session} ${listening ? 'listens' : 'speaks'}`);
        },
        formerSession: () => before,
        vanish: () => kept.push('gone'),
        forget: () => kept.push('forgotten'),
      },
      now: () => 0,
      nameOf: (user) => user,
      mesh: (_tell, me) => {
        meshes.push(new ScriptedMesh(me));
        return mesh();
      },
    });
  });

  async function joined(): Promise<void> {
    line.comes(participant('ann-1'));
    await settled();
    call.prepare('kitchen');
    await call.join('kitchen');
    expect(call.isIn('kitchen')).toBe(true);
  }

  test('is kept for the page after this one, unless it is left on purpose', async () => {
    await joined();
    expect(kept).toEqual(['me-1 speaks']);
    call.vanish();
    expect(line.times('signaling.leave')).toBe(1);
    expect(kept.at(-1)).toBe('gone');
    await call.join('kitchen');
    call.leave();
    expect(kept).toEqual(['me-1 speaks', 'gone', 'me-1 speaks', 'forgotten']);
  });

  test('is joined with what one sends, and its peers are those of the roster', async () => {
    await joined();
    expect(line.last('signaling.join').media).toMatchObject({
      microphone: true,
      camera: false,
      screen_stream: 'screen-1',
    });
    expect(present()).toEqual(['ann-1', 'me-1']);
    line.comes(participant('bob-1'));
    expect(present()).toEqual(['ann-1', 'me-1', 'bob-1']);
    line.goes('ann-1', 'lost');
    expect(present()).toEqual(['me-1', 'bob-1']);
    expect(call.people.map(({ session }) => session)).toEqual(['me-1', 'bob-1']);
  });

  test('sends what opens while one is being let in', async () => {
    const camera = { kind: 'video' } as MediaStreamTrack;
    call.prepare('kitchen');
    const joining = call.join('kitchen');
    for (let turn = 0; turn < 2; turn += 1) await Promise.resolve();
    media.change({ camera });
    await joining;
    await settled();
    expect(mesh().sent.at(-1)?.camera).toBe(camera);
    const told = line.asked.findLast((command) => 'media' in command);
    expect(told).toMatchObject({ media: { camera: true } });
  });

  test('asks for the roster where it has missed something', async () => {
    await joined();
    line.comes(participant('bob-1'), false);
    line.comes(participant('eve-1'));
    await settled();
    expect(present()).toEqual(['ann-1', 'me-1', 'bob-1', 'eve-1']);
    expect(line.times('signaling.roster')).toBe(2);
  });

  test('keeps its peers while the way to the server is gone, and after the session is resumed', async () => {
    await joined();
    line.lose();
    expect(call.isIn()).toBe(true);
    media.change({ handUp: true });
    line.comes(participant('bob-1'), false);
    line.start();
    await settled();
    expect(meshes).toHaveLength(1);
    expect(mesh().isClosed).toBe(false);
    expect(present()).toEqual(['ann-1', 'me-1', 'bob-1']);
    // What could not be told meanwhile is told now.
    expect(line.last('signaling.set_media').media).toMatchObject({ hand: true });
  });

  test('is joined anew with a new session', async () => {
    await joined();
    line.lose();
    line.session = 'me-2';
    line.start();
    await settled();
    expect(meshes.map(({ me, isClosed }) => [me, isClosed])).toEqual([
      ['me-1', true],
      ['me-2', false],
    ]);
    expect(call.isIn('kitchen')).toBe(true);
    expect(present()).toContain('me-2');
    expect(line.last('signaling.join').former).toBe('me-1');
  });

  test('is joined in the place of the page before this one', async () => {
    before = 'me-0';
    await joined();
    expect(line.last('signaling.join').former).toBe('me-0');
  });

  test('is joined anew where the server counted one as lost', async () => {
    await joined();
    line.goes('me-1', 'lost');
    await settled();
    expect(line.times('signaling.join')).toBe(2);
    expect(line.last('signaling.join').former).toBeNull();
    expect(call.isIn('kitchen')).toBe(true);
  });

  test('ends for whoever is removed, and says so', async () => {
    await joined();
    line.goes('me-1', 'removed');
    expect(call.phase).toMatchObject({ at: 'ended', why: 'removed', room: 'kitchen' });
    expect(mesh().isClosed).toBe(true);
    expect(media.releases).toBe(1);
  });

  test.each(['in', 'joining'] as const)(
    'ends at once for whoever is removed from the room while %s',
    async (at) => {
      if (at === 'in') {
        await joined();
      } else {
        call.prepare('kitchen');
        void call.join('kitchen');
      }
      // Whoever is out of the room hears no `call.left` of theirs.
      line.tell({ t: 'notice.room_removed', room: 'larder', why: 'kicked' });
      expect(call.phase.at).toBe(at);
      line.tell({ t: 'notice.room_removed', room: 'kitchen', why: 'kicked' });
      await settled();
      expect(call.phase).toMatchObject({ at: 'ended', why: 'removed', room: 'kitchen' });
      expect([mesh().isClosed, media.releases, kept.at(-1)]).toEqual([true, 1, 'forgotten']);
      expect(line.times('signaling.leave')).toBe(1);
    },
  );

  test('ends with its room, also for whoever is still at the door', async () => {
    await joined();
    line.tell({ t: 'room.deleted', room: 'kitchen', revision: 9 });
    line.tell({ t: 'notice.room_removed', room: 'kitchen', why: 'room_deleted' });
    expect(call.phase).toMatchObject({ at: 'ended', why: 'removed' });
    call.prepare('kitchen');
    line.tell({ t: 'notice.room_removed', room: 'kitchen', why: 'room_deleted' });
    expect([call.phase.at, media.releases]).toEqual(['idle', 2]);
  });

  test.each([false, true])(
    'is left without a word by whoever leaves the room; the sweep was first: %s',
    async (swept) => {
      await joined();
      if (swept) line.goes('me-1', 'removed');
      line.tell({ t: 'notice.room_removed', room: 'kitchen', why: 'left' });
      expect([call.phase.at, mesh().isClosed]).toEqual(['idle', true]);
    },
  );

  test.each(['me-1', 'me-2'])(
    'ends for whoever was removed while away and comes back as %s',
    async (session) => {
      await joined();
      line.lose();
      line.session = session;
      line.refuse = {
        'signaling.roster': 'rooms.not_member',
        'signaling.join': 'rooms.not_member',
      };
      line.start();
      await settled();
      expect(call.phase).toMatchObject({ at: 'ended', why: 'removed' });
      expect(mesh().isClosed).toBe(true);
      const asked = line.times('signaling.roster');
      await settled();
      expect(line.times('signaling.roster')).toBe(asked);
    },
  );

  test('is listened to where it is full: nothing is sent, and the hand may be raised', async () => {
    for (const name of ['ann-1', 'bob-1', 'eve-1']) line.comes(participant(name));
    await settled();
    expect([calls.isFull('kitchen'), calls.canListen('kitchen')]).toEqual([true, true]);
    media.camera = { kind: 'video' } as MediaStreamTrack;
    await call.listen('kitchen');
    expect(line.last('signaling.join')).toMatchObject({
      listen: true,
      media: { hand: false, screen_stream: 'screen-1' },
    });
    expect([call.isIn('kitchen'), call.listening, media.releases]).toEqual([true, true, 1]);
    expect(mesh().sent.every(({ camera }) => camera === null)).toBe(true);
    expect(call.people.map(({ session }) => session)).toEqual(['ann-1', 'bob-1', 'eve-1']);
    expect(call.listeners.map(({ session, self }) => [session, self])).toEqual([['me-1', true]]);
    expect(calls.isFull('kitchen')).toBe(true);
    line.comes({ ...participant('kim-1'), listening: true });
    expect(calls.canListen('kitchen')).toBe(false);
    media.change({ handUp: true });
    await settled();
    expect(line.last('signaling.set_media').media).toEqual({
      hand: true,
      screen_stream: 'screen-1',
    });
    expect(mesh().roster.map(({ session, listening }) => [session, listening])).toEqual([
      ['ann-1', false],
      ['bob-1', false],
      ['eve-1', false],
      ['me-1', true],
      ['kim-1', true],
    ]);
  });

  test('is spoken in once there is a place, and listened to until then', async () => {
    line.comes(participant('ann-1'));
    await settled();
    await call.listen('kitchen');
    const camera = { kind: 'video' } as MediaStreamTrack;
    media.change({ camera });
    line.refuse = { 'signaling.join': 'calls.full' };
    await expect(call.speak()).rejects.toMatchObject({ code: 'calls.full' });
    expect([call.isIn('kitchen'), call.listening]).toEqual([true, true]);
    line.refuse = {};
    await call.speak();
    await settled();
    expect([call.listening, meshes.length]).toEqual([false, 1]);
    expect(line.last('signaling.join')).toMatchObject({ listen: false, media: { camera: true } });
    expect(mesh().sent.at(-1)?.camera).toBe(camera);
    expect(call.people.map(({ session }) => session)).toEqual(['ann-1', 'me-1']);
    expect(call.listeners).toEqual([]);
    // A new session speaks again; whom the server makes a listener sends nothing any more.
    line.lose();
    line.session = 'me-2';
    line.start();
    await settled();
    expect(line.last('signaling.join').listen).toBe(false);
    line.changes({ ...participant('me-2'), listening: true });
    expect([call.listening, mesh().sent.at(-1)?.camera]).toEqual([true, null]);
  });

  test('shows nobody’s picture to whoever listens, and no listener on the stage', async () => {
    line.comes(participant('ann-1', { screen: true, camera: true }));
    await settled();
    await call.listen('kitchen');
    expect(call.stage.pictures.map(({ id }) => id)).toEqual(['ann-1']);
    expect(call.stage.speaker?.session).toBe('ann-1');
    await call.speak();
    expect(call.stage.pictures.map(({ id }) => id)).toEqual(['screen:ann-1', 'ann-1', 'me-1']);
  });

  test('says why one is not let in', async () => {
    line.refuse = { 'signaling.join': 'calls.full' };
    await call.join('kitchen');
    expect(call.phase).toMatchObject({ at: 'ended', why: 'refused' });
    line.refuse = {};
    call.dismiss();
    await call.join('kitchen');
    expect(call.isIn()).toBe(true);
  });

  test('waits at the door for a connection', async () => {
    line.lose();
    await call.join('kitchen');
    expect(call.phase.at).toBe('joining');
    line.start();
    await settled();
    expect(call.isIn('kitchen')).toBe(true);
  });

  test('is left at once, and again where the server could not hear it', async () => {
    await joined();
    line.lose();
    call.leave();
    expect([call.phase.at, mesh().isClosed, media.releases]).toEqual(['idle', true, 1]);
    const before = line.times('signaling.leave');
    line.start();
    line.comes(participant('bob-1'));
    await settled();
    expect(line.times('signaling.leave')).toBeGreaterThan(before);
  });

  test('hands signals of this room to its mesh, and no others', async () => {
    await joined();
    const told = { t: 'signal.offer', sender: 'ann-1', sdp: 'v=0' } as const;
    line.tell({ ...told, room: 'kitchen' });
    line.tell({ ...told, room: 'larder' });
    expect(mesh().taken).toEqual([
      ['ann-1', { what: 'description', description: { type: 'offer', sdp: 'v=0', proof: null } }],
    ]);
  });

  test('tells the last of several changes of media, one after the other', async () => {
    await joined();
    media.change({ muted: true });
    media.change({ muted: false });
    media.change({ muted: true });
    await settled();
    expect(line.times('signaling.set_media')).toBe(1);
    expect(line.last('signaling.set_media').media).toMatchObject({ microphone: false });
    expect(call.people.find(({ self }) => self)?.media.microphone).toBe(false);
  });

  test('does not show twice who came back under a new session', async () => {
    await joined();
    line.comes({ ...participant('ann-2'), device: 'ann-1', since: 2 });
    mesh().changes(view('ann-1', 'interrupted'), view('ann-2', 'connected'));
    expect(call.people.map(({ session }) => session)).toEqual(['me-1', 'ann-2']);
    // Two tabs of one browser are both there.
    mesh().changes(view('ann-1', 'connected'), view('ann-2', 'connected'));
    expect(call.people).toHaveLength(3);
  });

  test('of other rooms is known by its events', async () => {
    expect(calls.of('larder')).toBeNull();
    const room = 'larder';
    line.tell({ t: 'call.started', room, call: 'c', revision: 7, started_at: 5 });
    const one = participant('bob-1');
    line.tell({ t: 'call.joined', room, call: 'c', revision: 8, participant: one });
    expect(calls.of('larder')?.participants).toEqual([one]);
    line.tell({ t: 'call.left', room, call: 'c', revision: 9, session: 'bob-1', why: 'left' });
    line.tell({ t: 'call.ended', room, call: 'c', revision: 10 });
    expect(calls.of('larder')).toBeNull();
    await settled();
    expect(call.phase.at).toBe('idle');
  });
});
