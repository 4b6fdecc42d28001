/** Port: how many generations each token is serving now. */
export abstract class InFlightCounter {
  abstract inFlight(tokenId: string): number;
}

/** Knows of none. */
export class NothingInFlight extends InFlightCounter {
  override inFlight(): number {
    return 0;
  }
}
