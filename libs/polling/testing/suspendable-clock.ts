import { ManualClock } from 'penstock/kernel/testing';

/** A {@link ManualClock} that can also skip time without running timers, as a blocked or suspended process sees it. */
export class SuspendableClock extends ManualClock {
  /** Milliseconds that were skipped in all. Timers set before a gap are late by up to this. */
  suspendedMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.suspendedMs;
  }

  override now(): number {
    return super.now() + this.suspendedMs;
  }

  suspend(ms: number): void {
    this.suspendedMs += ms;
  }
}
