import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandByTag, Member, MembersPage } from '../protocol/generated';
import { refusedHere } from '../protocol/refused';
import { NamingModel } from './naming.svelte';
import type { Connection } from './ports';

const room = 'room';
const member = (user: string): Member => ({ user, role: 'member', joined_at: 1, muted_until: 0 });

let asked: string[];
let answer: (prefix: string) => string[];
let naming: NamingModel;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = () => [];
  const ask = ({ prefix = '' }: CommandByTag['rooms.members']): Promise<MembersPage> => {
    asked.push(prefix);
    const members = answer(prefix).map(member);
    return Promise.resolve({ t: 'rooms.members_page', members, revision: 1, next: null });
  };
  naming = new NamingModel(room, { ask } as unknown as Connection);
});

afterEach(() => {
  vi.useRealTimers();
});

async function typed(...prefixes: string[]): Promise<string[]> {
  for (const prefix of prefixes) naming.seek(prefix);
  await vi.runAllTimersAsync();
  return [...naming.found];
}

describe('names that are typed', () => {
  test('are asked for once the typing pauses, and not twice', async () => {
    answer = (prefix) => (prefix === 'lo' ? ['lou', 'lois'] : []);
    expect(await typed('', 'l', 'lo')).toEqual(['lou', 'lois']);
    expect(await typed('Lo')).toEqual(['lou', 'lois']);
    expect(asked).toEqual(['lo']);
  });

  test('are forgotten with their people, and asked for again after somebody came', async () => {
    answer = () => ['lou'];
    await typed('lo');
    const who = { room, revision: 2, members: 2 };
    naming.apply({ ...who, t: 'member.left', user: 'lou', why: 'left' });
    expect([...naming.found]).toEqual([]);
    naming.apply({ ...who, t: 'member.joined', member: member('lou') });
    expect(await typed('lo')).toEqual(['lou']);
  });

  test('are asked for again after a failure', async () => {
    answer = () => {
      throw refusedHere('client.offline');
    };
    await typed('lo');
    answer = () => ['lou'];
    expect(await typed('lo')).toEqual(['lou']);
  });

  test('are not asked for once nobody types any more', async () => {
    naming.seek('lo');
    naming.rest();
    await vi.runAllTimersAsync();
    expect(asked).toEqual([]);
  });
});
