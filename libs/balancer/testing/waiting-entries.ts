import { type LeaseRequest, PRIORITIES, type Priority, type Returning, type Ticket } from 'penstock/balancer';

/** Somebody who waits, as a test knows it. */
export interface WaitingEntry {
  readonly request: LeaseRequest;
  readonly priority: Priority;
  readonly ticket: Ticket;
}

/** How somebody who waited comes back after a restart. */
export const backOf = ({ priority, ticket: { asked } }: WaitingEntry): Returning => ({
  priority,
  asked: { at: asked.at },
});

/** Those who wait, and in which order they must be served. */
export class WaitingEntries {
  #all: WaitingEntry[] = [];

  get all(): readonly WaitingEntry[] {
    return this.#all;
  }

  add(entry: WaitingEntry): void {
    this.#all.push(entry);
  }

  remove(entry: WaitingEntry): void {
    this.#all = this.#all.filter((each) => each !== entry);
  }

  removeAll(): readonly WaitingEntry[] {
    return this.#all.splice(0);
  }

  pick(index: number): WaitingEntry | undefined {
    return this.#all[index % Math.max(1, this.#all.length)];
  }

  of(priority: Priority): readonly WaitingEntry[] {
    return this.#all.filter((entry) => entry.priority === priority);
  }

  /** Those of the same lane in turn: by when they asked, a head start earlier for each priority above the lowest. */
  laneOf({ request }: WaitingEntry, headStartMs: number): readonly WaitingEntry[] {
    const keyOf = ({ kind, providers, tokenId }: LeaseRequest): string =>
      JSON.stringify([kind, providers, tokenId]);
    const turnOf = ({ priority, ticket }: WaitingEntry): number =>
      ticket.asked.at - PRIORITIES.indexOf(priority) * headStartMs;
    return this.#all
      .filter((entry) => keyOf(entry.request) === keyOf(request))
      .sort((left, right) => turnOf(left) - turnOf(right));
  }
}
