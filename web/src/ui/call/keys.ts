import type { AppModel } from '../../state/app.svelte';
import { callSwitches } from './switches';

/** What the sheet lists. */
export const callShortcuts = [
  { keys: ['M'], name: 'call.keyMute', group: 'call' },
  { keys: ['Space'], name: 'call.keyTalk', group: 'call' },
  { keys: ['V'], name: 'call.keyCamera', group: 'call' },
  { keys: ['S'], name: 'call.keyScreen', group: 'call' },
  { keys: ['H'], name: 'call.keyHand', group: 'call' },
] as const;

export interface CallKeys {
  down(event: KeyboardEvent): void;
  up(event: KeyboardEvent): void;
  /** The page is not looked at any more: nobody speaks by a key that is not seen to go up. */
  release(): void;
}

/** The keys of a call, wherever in the app one is; a letter that is being written is none. */
export function callKeys(app: AppModel): CallKeys {
  const { call, localMedia, announcer, locale } = app;
  const turn = callSwitches(app);
  let talking = false;

  function setMuted(muted: boolean): void {
    void turn.microphone(!muted);
    announcer.interrupt(locale.t(muted ? 'call.saidMuted' : 'call.saidUnmuted'));
  }

  function release(): void {
    if (!talking) return;
    talking = false;
    setMuted(true);
  }

  return {
    down(event) {
      if (event.key === 'Meta') release();
      if (!call.isIn() || event.defaultPrevented || event.isComposing || takesKeys(event)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      // Who only listens has a hand, and nothing to turn on or off.
      if (call.listening && !/^(h|escape)$/i.test(event.key)) return;
      if (event.code === 'Space') {
        // The page would scroll.
        event.preventDefault();
        if (event.repeat || talking || !localMedia.muted) return;
        talking = true;
        setMuted(false);
        return;
      }
      if (event.repeat) return;
      switch (event.key.toLowerCase()) {
        case 'escape':
          if (!call.stage.full) return;
          call.stage.fill(false);
          break;
        case 'm':
          talking = false;
          setMuted(!localMedia.muted);
          break;
        case 'v':
          void turn.camera(!localMedia.cameraOn);
          break;
        case 's':
          if (localMedia.canShareScreen) void turn.screen(localMedia.screen === null);
          break;
        case 'h':
          localMedia.setHand(!localMedia.handUp);
          break;
        default:
          return;
      }
      event.preventDefault();
    },
    up(event) {
      // The place of the key: with Option, which goes down later, it writes another character. And
      // with Command macOS does not tell that any other key goes up.
      if (event.code === 'Space' || event.key === 'Meta') release();
    },
    release,
  };
}

/** Whether what has the focus makes something of letters, or of space, itself. */
function takesKeys({ target, code }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="menu"], [role="dialog"]')) return true;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return code === 'Space' && target.closest('a, button, [role="button"], summary') !== null;
}
