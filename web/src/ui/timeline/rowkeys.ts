import type { VirtualizerHandle } from 'virtua/svelte';
import type { Row } from '../../state/rows';

/** Arrows, Home and End move from message to message; rows out of view are brought in first. */
export function rowKeys(event: KeyboardEvent, list: VirtualizerHandle, rows: readonly Row[]): void {
  const log = event.currentTarget as HTMLElement;
  const target = event.target as HTMLElement;
  const row = target.closest<HTMLElement>('[data-row]');
  if (target !== log && target !== row) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;

  const at = rows.findIndex(({ key }) => key === row?.dataset['row']);
  const next = wanted(event.key, at, rows);
  if (next === null) return;
  event.preventDefault();
  const key = rows[next]?.key;
  list.scrollToIndex(next, { align: 'nearest' });
  // The row is drawn in the next frame where it was out of view.
  requestAnimationFrame(() => {
    log.querySelector<HTMLElement>(`[data-row="${CSS.escape(key ?? '')}"]`)?.focus();
  });
}

function wanted(key: string, at: number, rows: readonly Row[]): number | null {
  const isMessage = (row: Row): boolean => row.kind === 'message' || row.kind === 'outgoing';
  const last = rows.findLastIndex(isMessage);
  switch (key) {
    case 'ArrowUp': {
      if (at < 0) return last;
      const up = rows.slice(0, at).findLastIndex(isMessage);
      return up < 0 ? null : up;
    }
    case 'ArrowDown': {
      const down = rows.findIndex((row, index) => index > at && isMessage(row));
      return at < 0 || down < 0 ? null : down;
    }
    case 'Home':
      return rows.findIndex(isMessage);
    case 'End':
      return last;
    default:
      return null;
  }
}
