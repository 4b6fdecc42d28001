import { PollPace } from './poll-pace.js';

const MOST_ORIGINS = 1_000;

/** The pace of the polls to each origin. Of very many origins, those that were new for longest are forgotten. */
export class PollPaces {
  readonly #paces = new Map<string, PollPace>();

  /** The largest of all: at least 1. */
  get stretch(): number {
    let stretch = 1;
    for (const pace of this.#paces.values()) stretch = Math.max(stretch, pace.stretch);
    return stretch;
  }

  of(origin: string): PollPace {
    const known = this.#paces.get(origin);
    if (known !== undefined) return known;
    const [oldest] = this.#paces.keys();
    if (oldest !== undefined && this.#paces.size >= MOST_ORIGINS) this.#paces.delete(oldest);
    const pace = new PollPace();
    this.#paces.set(origin, pace);
    return pace;
  }
}
