import { expect, it } from 'vitest';
import { StillClock } from '../../test/support/still_clock';
import { arrivals } from '../../test/rtc/reports';
import { ScriptedConnection } from '../../test/rtc/scripted';
import { MUTE_MS, Pulse, PULSE_MS, SILENT_MS } from './pulse';

function watched(sounds = false) {
  const clock = new StillClock();
  const connection = new ScriptedConnection('one', () => Promise.resolve());
  const told: boolean[] = [];
  const hears = { sounds };
  const pulse = new Pulse({
    connection,
    timer: clock,
    sounds: () => hears.sounds,
    beats: (lost) => told.push(lost),
  });
  let come = 0;
  const comes = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      connection.report = arrivals((come += 50));
      await clock.pass(PULSE_MS);
    }
  };
  return { clock, connection, told, pulse, hears, comes };
}

it('is lost where nothing comes, and found where something does', async () => {
  const { clock, connection, told, pulse } = watched();
  connection.report = arrivals(1);
  pulse.begin();
  await clock.pass(PULSE_MS + SILENT_MS - 1);
  expect(told).toEqual([]);
  await clock.pass(1);
  expect(told).toEqual([true]);
  await clock.pass(10 * PULSE_MS);
  expect(told).toEqual([true]);
  connection.report = arrivals(0);
  await clock.pass(PULSE_MS);
  expect(told).toEqual([true]);
  connection.report = arrivals(2);
  await clock.pass(PULSE_MS);
  expect(told).toEqual([true, false]);
  pulse.end();
  expect(clock.pending).toBe(0);
});

it('is lost sooner where sound ought to come and stops', async () => {
  const { clock, told, pulse, comes } = watched(true);
  pulse.begin();
  await comes(6);
  await clock.pass(MUTE_MS - 1);
  expect(told).toEqual([]);
  await clock.pass(1);
  expect(told).toEqual([true]);
  await clock.pass(10 * SILENT_MS);
  expect(told).toEqual([true]);
  await comes(1);
  expect(told).toEqual([true, false]);
});

it('is given its time where sound never came for long, and where it was turned off', async () => {
  const rare = watched(true);
  rare.pulse.begin();
  await rare.comes(4);
  await rare.clock.pass(SILENT_MS - 1);
  expect(rare.told).toEqual([]);
  await rare.clock.pass(1);
  expect(rare.told).toEqual([true]);

  const off = watched(true);
  off.pulse.begin();
  await off.comes(10);
  off.hears.sounds = false;
  await off.clock.pass(SILENT_MS - 1);
  expect(off.told).toEqual([]);
  await off.clock.pass(1);
  expect(off.told).toEqual([true]);
});

it('says little while the own machine is late', async () => {
  const { clock, told, pulse, comes } = watched(true);
  pulse.begin();
  await comes(10);
  // Due after a second, felt after two: something else had the core.
  clock.skip(2 * PULSE_MS);
  await clock.pass(0);
  await clock.pass(SILENT_MS - PULSE_MS - 1);
  expect(told).toEqual([]);
  await clock.pass(1);
  expect(told).toEqual([true]);
});

it('beats where only the route is checked, and where a browser tells nothing', async () => {
  const { clock, connection, told, pulse } = watched();
  pulse.begin();
  for (let second = 0; second < 20; second += 1) {
    connection.report = arrivals(1, Math.floor(second / 2));
    await clock.pass(PULSE_MS);
  }
  connection.report = new Map();
  await clock.pass(20 * PULSE_MS);
  expect(told).toEqual([]);
});

it('says nothing any more once it has ended', async () => {
  const { clock, connection, told, pulse } = watched();
  connection.report = arrivals(1);
  pulse.begin();
  await clock.pass(SILENT_MS);
  pulse.end();
  await clock.pass(10 * PULSE_MS);
  expect(told).toEqual([]);
});
