import type { Wait } from 'penstock/concurrency';

import type { OperationDescription } from './operation.js';

/** After how long something is slow, in milliseconds. */
export interface SlowLimitValues {
  readonly slowOperationMs: number;
  readonly slowWaitMs: number;
  /** By the name of an operation, or of a resource that is waited for: wins over everything else. */
  readonly slowAfterMs: Readonly<Record<string, number>>;
}

/** Says what is slow. It can be changed while the application runs, and counts for what ends from then on. */
export class SlowLimits {
  #values: SlowLimitValues;

  constructor(values: SlowLimitValues) {
    this.#values = values;
  }

  configure(values: Partial<SlowLimitValues>): void {
    this.#values = { ...this.#values, ...values };
  }

  /** What is set for the name, else what the operation itself says, else the limit of all. */
  ofOperation({ name, slowAfterMs }: OperationDescription): number {
    return this.#named(name) ?? slowAfterMs ?? this.#values.slowOperationMs;
  }

  ofWait({ resource }: Wait): number {
    return this.#named(resource) ?? this.#values.slowWaitMs;
  }

  #named(name: string): number | undefined {
    const { slowAfterMs } = this.#values;
    return Object.hasOwn(slowAfterMs, name) ? slowAfterMs[name] : undefined;
  }
}
