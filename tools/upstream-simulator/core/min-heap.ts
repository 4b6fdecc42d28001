/** Values with a number each, the smallest first; adding and taking cost O(log n). */
export class MinHeap<Value> {
  readonly #entries: { readonly key: number; readonly value: Value }[] = [];

  /** The smallest entry, left in place. */
  peek(): { readonly key: number; readonly value: Value } | undefined {
    return this.#entries[0];
  }

  push(key: number, value: Value): void {
    let index = this.#entries.push({ key, value }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#key(parent) <= this.#key(index)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Takes the smallest entry out. */
  pop(): Value | undefined {
    const top = this.#entries[0];
    const last = this.#entries.pop();
    if (top === undefined || last === undefined) return undefined;
    if (this.#entries.length > 0) {
      this.#entries[0] = last;
      this.#sink();
    }
    return top.value;
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const smaller = this.#key(left + 1) < this.#key(left) ? left + 1 : left;
      if (this.#key(smaller) >= this.#key(index)) return;
      this.#swap(index, smaller);
      index = smaller;
    }
  }

  /** `Infinity` past the end, so that nothing is ever swapped with it. */
  #key(index: number): number {
    return this.#entries[index]?.key ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#entries[a], this.#entries[b]];
    if (first === undefined || second === undefined) return;
    this.#entries[a] = second;
    this.#entries[b] = first;
  }
}
