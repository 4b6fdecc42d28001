import { CodedError } from 'penstock/kernel';

import { shownProxy } from '../proxy/shown-proxy.js';
import type { EdgeWay } from './edge-snapshot.js';

/** Codes of {@link EdgeError}. `edge_challenged`: the call was not sent, because the edge challenges at present. */
export type EdgeErrorCode = 'edge_challenged';

/** A call that was not sent. Nothing reached the upstream. */
export class EdgeError extends CodedError<EdgeErrorCode> {
  static challenged({ origin, proxyUrl }: EdgeWay, reason: string, retryAfterMs: number): EdgeError {
    const through = proxyUrl === null ? '' : ` through ${shownProxy(proxyUrl)}`;
    const message =
      `The edge in front of ${origin} challenges${through} (${reason}), so no call is sent until a probe passes. ` +
      'Give a clearance by PUT /admin/edge/{origin}, or see to the way to the upstream (proxy, allow-list).';
    return new EdgeError('edge_challenged', 'unavailable', message, { retryAfterMs });
  }
}
