import { PollingStrategy, type PollHistory } from 'penstock/polling';

/** Polls at a fixed interval, as the helpers of SDKs do. */
export class FixedInterval extends PollingStrategy {
  constructor(private readonly intervalMs: number) {
    super();
  }

  override nextDelayMs(): number {
    return this.intervalMs;
  }
}

/** Doubles the interval with every poll, from 1 s to a bound. */
export class ExponentialBackOff extends PollingStrategy {
  constructor(private readonly maxIntervalMs: number) {
    super();
  }

  override nextDelayMs({ previousDelayMs }: PollHistory): number {
    return previousDelayMs === null ? 1_000 : Math.min(this.maxIntervalMs, previousDelayMs * 2);
  }
}
