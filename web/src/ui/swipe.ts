import type { Attachment } from 'svelte/attachments';

/** A swipe begins this near the left edge, so that code blocks still scroll sideways. */
const EDGE_PX = 40;
const DISTANCE_PX = 80;

/** A finger drawn from the left edge to the right goes back. */
export function swipeBack(goBack: () => void): Attachment<HTMLElement> {
  return (page) => {
    let start: { x: number; y: number } | null = null;

    function begin(event: TouchEvent): void {
      const touch = event.touches[0];
      const alone = event.touches.length === 1;
      start =
        touch && alone && touch.clientX <= EDGE_PX ? { x: touch.clientX, y: touch.clientY } : null;
    }

    function end(event: TouchEvent): void {
      const touch = event.changedTouches[0];
      if (start === null || !touch) return;
      const across = touch.clientX - start.x;
      const down = Math.abs(touch.clientY - start.y);
      start = null;
      if (across >= DISTANCE_PX && across > 2 * down) goBack();
    }

    page.addEventListener('touchstart', begin, { passive: true });
    page.addEventListener('touchend', end, { passive: true });
    return () => {
      page.removeEventListener('touchstart', begin);
      page.removeEventListener('touchend', end);
    };
  };
}
