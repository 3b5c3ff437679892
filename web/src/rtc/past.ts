/** More than a peer makes in a call that goes badly all day. */
const LIMIT = 64;

/** Connections of the other side that are over, by their fingerprints: what they say is late. */
export class Past {
  readonly #makers = new Set<string>();

  add(maker: string): void {
    this.#makers.add(maker);
    const [oldest] = this.#makers;
    if (this.#makers.size > LIMIT && oldest !== undefined) this.#makers.delete(oldest);
  }

  has(maker: string): boolean {
    return this.#makers.has(maker);
  }

  delete(maker: string): void {
    this.#makers.delete(maker);
  }
}
