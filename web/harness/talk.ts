import type * as wire from '../src/protocol/generated';
import { id, me } from './people';

const lines: [number, string][] = [
  [1, 'Good morning. The crane is booked for **Tuesday at 9**.'],
  [1, 'I have put the drawings into the shared folder, see https://example.org/drawings/harbour'],
  [2, 'Thanks. Do we know if the eastern bearing came?'],
  [3, 'It came yesterday evening. Two crates, both dry.'],
  [0, 'Wonderful. Then I take the inspection on Monday.'],
  [2, `<@${id('user', 0)}> could you bring the torque wrench? The big one.`],
  [0, 'Yes, it is in the van already.'],
  [4, 'Here is the script that reads the strain gauges:'],
  [
    4,
    '```python\nasync def read(gauge: Gauge) -> Strain:\n    raw = await gauge.sample(count=64)\n    return Strain(mean(raw) * gauge.factor, at=now())\n```',
  ],
  [5, 'Nice. `gauge.factor` is from the data sheet?'],
  [4, 'From the data sheet, *and* checked against the old readings.'],
  [
    6,
    '> From the data sheet\n\nWhich one, there are three of them:\n\n1. the one of 1998\n2. the one with coffee on it\n3. the scan',
  ],
  [4, 'The scan.'],
  [7, '😂'],
  [
    8,
    'I am on the train, back in an hour. Please decide without me; whatever you choose will be fine as long as the northern walkway stays open for the school children in the morning and someone tells the harbour office before noon.',
  ],
  [1, 'Will do.'],
];

/** A conversation that goes on for as many messages as asked, with all that can be in one. */
export function talk(room: string, count: number): wire.Shown[] {
  const now = Date.now();
  const shown: wire.Shown[] = [];
  for (let n = 0; n < count; n += 1) {
    const [author, text] = lines[n % lines.length] as [number, string];
    const fromEnd = count - n;
    const at = now - fromEnd * 95_000 - (fromEnd > 18 ? 86_400_000 : 0);
    const before = shown[n - 3];
    shown.push({
      seq: n + 1,
      author: id('user', author),
      at,
      client_id: `${room.slice(-4)}-${String(n).padStart(8, '0')}`,
      text,
      mentions: text.includes(`<@${me.user}>`) ? [me.user] : [],
      reply:
        n % 16 === 9 && before
          ? { seq: before.seq, author: before.author, text: before.text, deleted: false }
          : null,
      reactions:
        n % 16 === 3
          ? [
              { emoji: '🎉', users: [id('user', 0), id('user', 1), id('user', 2)] },
              { emoji: '👍', users: [id('user', 5)] },
            ]
          : [],
      edited_at: n % 16 === 10 ? at + 60_000 : null,
      deleted: n % 16 === 15 && n > 20,
      changed: n + 1,
    });
  }
  return shown;
}
