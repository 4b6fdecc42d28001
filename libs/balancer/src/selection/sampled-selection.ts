import type { Candidate, Selection } from '../ports/balancing-strategy.js';

/** Keeps candidates in no order, for strategies that draw at random. All takes the same time at any size. */
export class SampledSelection<C extends Candidate> implements Selection<C> {
  readonly #members: C[] = [];
  #next: C | undefined;

  /** @param draw - picks one of the members; `undefined` only when there are none. Called anew after each change */
  constructor(private readonly draw: (members: readonly C[]) => C | undefined) {}

  add(candidate: C): void {
    candidate.place = this.#members.length;
    this.#members.push(candidate);
    this.#next = undefined;
  }

  /** Moves the last one into the gap. */
  remove(candidate: C): void {
    const last = this.#members.pop();
    if (last !== undefined && last !== candidate) {
      this.#members[candidate.place] = last;
      last.place = candidate.place;
    }
    candidate.place = -1;
    this.#next = undefined;
  }

  update(): void {
    this.#next = undefined;
  }

  peek(): C | undefined {
    return (this.#next ??= this.draw(this.#members));
  }

  take(): void {
    this.#next = undefined;
  }
}
