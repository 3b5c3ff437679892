import { expect, it } from 'vitest';
import { StillClock } from '../../test/support/still_clock';
import { arrivals } from '../../test/rtc/reports';
import { ScriptedConnection } from '../../test/rtc/scripted';
import { BEATS_MISSED, Pulse, PULSE_MS } from './pulse';

function watched() {
  const clock = new StillClock();
  const connection = new ScriptedConnection('one', () => Promise.resolve());
  const told: boolean[] = [];
  const pulse = new Pulse(connection, clock, (lost) => told.push(lost));
  return { clock, connection, told, pulse };
}

it('is lost where nothing comes, and found where something does', async () => {
  const { clock, connection, told, pulse } = watched();
  connection.report = arrivals(1);
  pulse.begin();
  await clock.pass(BEATS_MISSED * PULSE_MS);
  expect(told).toEqual([]);
  await clock.pass(PULSE_MS);
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
  await clock.pass(BEATS_MISSED * PULSE_MS);
  pulse.end();
  await clock.pass(10 * PULSE_MS);
  expect(told).toEqual([]);
});
