import type { LeaseRequest } from 'penstock/balancer';

/** A request for a video from provider `acme` on any token, with what is given changed. */
export function aLeaseRequest(changes: Partial<LeaseRequest> = {}): LeaseRequest {
  return {
    holder: 'generation-1',
    kind: 'video',
    providers: ['acme'],
    model: 'acme-1',
    tokenId: null,
    excluded: new Set(),
    ...changes,
  };
}
