import { hrefOf, parseRoute, type Route } from './route';

/** Where the person is; the address bar and the back button agree with it. */
export class RouterModel {
  #route = $state.raw<Route>({ at: 'home' });
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
    this.#read();
    window.addEventListener('popstate', () => {
      this.#read();
    });
  }

  get route(): Route {
    return this.#route;
  }

  /** Goes to a page; the back button returns to this one. */
  go(route: Route): void {
    if (hrefOf(route) === this.#here()) return;
    this.#window.history.pushState({ depth: this.#depth() + 1 }, '', hrefOf(route));
    this.#route = route;
  }

  /** Goes to a page in place of this one. */
  replace(route: Route): void {
    this.#window.history.replaceState({ depth: this.#depth() }, '', hrefOf(route));
    this.#route = route;
  }

  /** Goes back inside the app, or to `otherwise` where this page was opened from outside. */
  back(otherwise: Route): void {
    if (this.#depth() > 0) this.#window.history.back();
    else this.replace(otherwise);
  }

  /** Follows clicks on our own links without loading the page anew. */
  follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href, this.#window.location.href);
    if (url.origin !== this.#window.location.origin) return;
    const route = parseRoute(url.pathname, url.search);
    if (route.at === 'nowhere') return;
    event.preventDefault();
    this.go(route);
  }

  #here(): string {
    return this.#window.location.pathname + this.#window.location.search;
  }

  #depth(): number {
    const state: unknown = this.#window.history.state;
    if (typeof state !== 'object' || state === null || !('depth' in state)) return 0;
    return typeof state.depth === 'number' ? state.depth : 0;
  }

  #read(): void {
    this.#route = parseRoute(this.#window.location.pathname, this.#window.location.search);
  }
}
