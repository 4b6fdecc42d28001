import type { Clock } from 'penstock/kernel';

const ENDS_KEPT = 100;

/** How fast items end, by the last hundred of them. */
export class ProgressMeter {
  readonly #ends: number[] = [];

  constructor(private readonly clock: Clock) {}

  note(): void {
    this.#ends.push(this.clock.monotonic());
    if (this.#ends.length > ENDS_KEPT) this.#ends.shift();
  }

  /** `null` while too little is known. */
  perSecond(): number | null {
    const [first] = this.#ends;
    if (first === undefined || this.#ends.length < 2) return null;
    const spanMs = this.clock.monotonic() - first;
    return spanMs > 0 ? ((this.#ends.length - 1) * 1_000) / spanMs : null;
  }
}
