import { describe, expect, test } from 'vitest';
import { ScriptedLine } from '../../../test/support/scripted_call';
import { Courier } from './courier';

const offer = {
  what: 'description',
  description: { type: 'offer', sdp: 'v=0', proof: null },
} as const;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('what peers tell each other by way of the server', () => {
  test('waits while there is no way, and goes with the next connection', async () => {
    const line = new ScriptedLine('kitchen');
    const courier = new Courier(line, 'kitchen');
    line.lose();
    let arrived = false;
    const told = courier.tell('ann-1', offer).then(() => (arrived = true));
    await settled();
    expect(arrived).toBe(false);
    line.start();
    await told;
    expect(line.last('signaling.offer')).toMatchObject({
      room: 'kitchen',
      to: 'ann-1',
      sdp: 'v=0',
    });
    expect(line.times('signaling.offer')).toBe(2);
  });

  test('is given up with the seat, and where the other side is gone', async () => {
    const line = new ScriptedLine('kitchen');
    const courier = new Courier(line, 'kitchen');
    line.refuse = { 'signaling.offer': 'calls.peer_gone' };
    await expect(courier.tell('ann-1', offer)).rejects.toMatchObject({ code: 'calls.peer_gone' });
    line.lose();
    const told = courier.tell('ann-1', offer);
    await settled();
    courier.close();
    await expect(told).rejects.toMatchObject({ code: 'client.cancelled' });
  });
});
