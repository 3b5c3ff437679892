import type { AppModel } from '../../state/app.svelte';
import { roomOf } from '../../state/route';
import { wide } from '../viewport.svelte';

/** What the sheet lists, and `shortcuts` does. */
export const shortcutTable = [
  { keys: ['Ctrl', 'K'], name: 'shortcuts.switcher', group: 'general' },
  { keys: ['Ctrl', '/'], name: 'shortcuts.help', group: 'general' },
  { keys: ['Alt', '↓'], name: 'shortcuts.nextRoom', group: 'general' },
  { keys: ['Alt', '↑'], name: 'shortcuts.previousRoom', group: 'general' },
  { keys: ['Esc'], name: 'shortcuts.close', group: 'general' },
  { keys: ['Ctrl', 'E'], name: 'shortcuts.composer', group: 'conversation' },
  { keys: ['Ctrl', '.'], name: 'shortcuts.people', group: 'conversation' },
  { keys: ['Enter'], name: 'shortcuts.send', group: 'conversation' },
  { keys: ['Shift', 'Enter'], name: 'shortcuts.newLine', group: 'conversation' },
  { keys: ['↑'], name: 'shortcuts.editLast', group: 'conversation' },
  { keys: ['↑', '↓'], name: 'shortcuts.messages', group: 'conversation' },
] as const;

/** The keys that work wherever one is. */
export function shortcuts(app: AppModel): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const deed = deedOf(app, event);
    if (deed === null) return;
    event.preventDefault();
    deed();
  };
}

function deedOf(app: AppModel, event: KeyboardEvent): (() => void) | null {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    switch (event.key.toLowerCase()) {
      case 'k':
        return () => {
          app.layout.open('switcher');
        };
      case '/':
        return () => {
          app.layout.open('shortcuts');
        };
      case '.':
        return () => {
          app.layout.togglePeople(wide.current && app.call.room !== roomOf(app.router.route));
        };
      case 'e':
        return () => document.querySelector<HTMLElement>('[data-composer]')?.focus();
      default:
        return null;
    }
  }
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    if (event.key === 'ArrowDown') return step(app, 1);
    if (event.key === 'ArrowUp') return step(app, -1);
  }
  return null;
}

function step(app: AppModel, by: 1 | -1): () => void {
  return () => {
    const list = app.rooms.list.map((mine) => mine.info.room);
    const at = list.indexOf(roomOf(app.router.route) ?? '');
    const next = list[(at + by + list.length) % list.length];
    if (next !== undefined) app.router.go({ at: 'room', room: next, message: null });
  };
}
