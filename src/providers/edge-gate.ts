import type { Passage } from 'penstock/upstream';

/** Where a call goes. */
export interface CallPlace {
  /** Such as `https://api.example.com`. */
  readonly origin: string;
  /** Begins with a slash; without a query. */
  readonly path: string;
  readonly proxyUrl: string | null;
}

/** Port: asked before each call of a provider, for the edge in front of its upstream. */
export abstract class EdgeGate {
  /** @throws EdgeError `edge_challenged` when no call goes out at present */
  abstract enter(place: CallPlace, signal: AbortSignal): Promise<Passage>;
}

/** Lets every call pass. */
export class OpenGate extends EdgeGate {
  override enter(): Promise<Passage> {
    return Promise.resolve({ headers: {}, end: () => Promise.resolve() });
  }
}
