import type { VirtualizerHandle } from 'virtua/svelte';
import type { Row } from '../../state/rows';

/** This near counts as at the end: a line of text more must not unfasten the view. */
const END_PX = 48;
/** Older messages are asked for this far ahead, so that scrolling seldom meets the edge. */
const AHEAD_PX = 800;

/** Where in the timeline the person is reading. */
export class ReadingPlace {
  #atEnd = $state(true);
  #day = $state<number | null>(null);
  #nearStart = false;
  #nearEnd = false;
  #lastVisible = -1;

  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** The day of what is at the top, unless its own separator is in view there. */
  get day(): number | null {
    return this.#day;
  }

  get nearStart(): boolean {
    return this.#nearStart;
  }

  get nearEnd(): boolean {
    return this.#nearEnd;
  }

  /** After the first placing, before the first scroll. */
  settle(): void {
    this.#nearEnd = true;
  }

  /** A jump is under way: what is measured until it has arrived must not pull back to the end. */
  leaveEnd(): void {
    this.#atEnd = false;
  }

  moved(list: VirtualizerHandle, rows: readonly Row[], offset: number): void {
    const viewport = list.getViewportSize();
    const left = list.getScrollSize() - offset - viewport;
    this.#atEnd = left <= END_PX;
    this.#nearStart = offset < AHEAD_PX;
    this.#nearEnd = left < AHEAD_PX;
    this.#lastVisible = list.findItemIndex(offset + viewport - 1);
    this.#day = dayAt(rows, list.findItemIndex(offset + 4));
  }

  /** The `seq` of the lowest message in view. */
  lastSeen(rows: readonly Row[]): number | null {
    for (let index = Math.min(this.#lastVisible, rows.length - 1); index >= 0; index -= 1) {
      const row = rows[index];
      if (row?.kind === 'message') return row.message.seq;
    }
    return null;
  }
}

function dayAt(rows: readonly Row[], index: number): number | null {
  const top = rows[index];
  if (top === undefined || top.kind === 'day' || rows[index + 1]?.kind === 'day') return null;
  for (let at = index; at >= 0; at -= 1) {
    const row = rows[at];
    if (row?.kind === 'day') return row.at;
  }
  return null;
}
