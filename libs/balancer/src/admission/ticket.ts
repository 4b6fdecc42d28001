import type { Lease } from '../lease.js';
import type { Asked } from './turn.js';

/** A place in the admission queue. */
export interface Ticket {
  /**
   * The lease, once it is this ticket's turn. Rejects with BalancerError `admission_cancelled`, `shutting_down`, or
   * `lease_held` when the holder got a lease by other means. A rejection that nobody awaits is not an error.
   */
  readonly lease: Promise<Lease>;
  /** When it first asked: given to `enter` again, it keeps its turn. */
  readonly asked: Asked;
  /** 1 for the next of those that wait for the same tokens; `null` once it no longer waits. */
  position(): number | null;
  /**
   * How long it may still take until it is its turn, in milliseconds, as fast as others of late got theirs, and as many
   * of a higher priority came; `null` once it no longer waits, and while too few were served.
   */
  estimatedWaitMs(): number | null;
  /** Gives the place up. `false` when it no longer waited; a lease that was granted must then be released. */
  cancel(): boolean;
}
