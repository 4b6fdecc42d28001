import type { Clearance } from '../edge/clearance.js';

/** What a clearance is asked for. */
export interface ClearanceRequest {
  readonly origin: string;
  /** The proxy of the calls, with its credentials; `null` for a direct connection. */
  readonly proxyUrl: string | null;
  /** What the edge answered, for people. */
  readonly reason: string;
  readonly signal: AbortSignal;
}

/** A clearance, and who gave it. */
export interface GivenClearance extends Clearance {
  readonly source: string;
}

/** Port: whoever may have a clearance for an edge. */
export abstract class ClearanceDesk {
  /**
   * Asked when an edge begins to challenge, and again after each probe that did not pass; never twice at once for an
   * origin. Bounded in time; what it throws counts as `null`.
   */
  abstract obtain(request: ClearanceRequest): Promise<GivenClearance | null>;
}

/** Has none. */
export class EmptyClearanceDesk extends ClearanceDesk {
  override obtain(): Promise<null> {
    return Promise.resolve(null);
  }
}
