interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Time that is covered by intervals which may overlap. They are added in the order of their ends. */
export class Intervals {
  /** Apart from each other, the latest last. */
  readonly #apart: Interval[] = [];

  add(from: number, to: number): void {
    let start = from;
    for (let last = this.#apart.at(-1); last !== undefined && last.to >= start; last = this.#apart.at(-1)) {
      start = Math.min(start, last.from);
      this.#apart.pop();
    }
    this.#apart.push({ from: start, to });
  }

  /** Their length together. */
  total(): number {
    return this.#apart.reduce((sum, { from, to }) => sum + to - from, 0);
  }
}
