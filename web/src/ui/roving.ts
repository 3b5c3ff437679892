import type { Attachment } from 'svelte/attachments';

/**
 * One stop for Tab, arrows within: the pattern of a list (WAI-ARIA APG, roving tabindex).
 * The stop is the current item, else the one that was last in focus, else the first.
 */
export function roving(selector: string): Attachment<HTMLElement> {
  return (list) => {
    const items = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(selector)];

    function settle(stop?: HTMLElement): void {
      const all = items();
      const chosen =
        stop ??
        all.find((item) => item.getAttribute('aria-current') !== null) ??
        all.find((item) => item.tabIndex === 0) ??
        all[0];
      for (const item of all) item.tabIndex = item === chosen ? 0 : -1;
    }

    function onFocus(event: FocusEvent): void {
      const item = (event.target as Element).closest<HTMLElement>(selector);
      if (item) settle(item);
    }

    function onKey(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const from = (event.target as Element).closest<HTMLElement>(selector);
      if (!from || from !== event.target) return;
      const all = items();
      const at = all.indexOf(from);
      const to = {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        Home: 0,
        End: all.length - 1,
      }[event.key];
      const next = to === undefined ? undefined : all[to];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    }

    settle();
    const changes = new MutationObserver(() => {
      settle(items().find((item) => item === document.activeElement));
    });
    changes.observe(list, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['aria-current'],
    });
    list.addEventListener('focusin', onFocus);
    list.addEventListener('keydown', onKey);
    return () => {
      changes.disconnect();
      list.removeEventListener('focusin', onFocus);
      list.removeEventListener('keydown', onKey);
    };
  };
}
