import type { PooledToken, TokenSnapshot } from 'penstock/token-cache';

import type { LeaseRequest } from './lease.js';
import type { Candidate, CandidatePool } from './ports/balancing-strategy.js';
import { isServable, judge, limitOf, type Verdict } from './verdict.js';

/** What the pool of a request looks like when every token of it was looked at. */
export interface Survey {
  readonly candidates: readonly Candidate[];
  /** When the first cooling token comes back, in milliseconds since 1970. */
  readonly retryAt: number | null;
  /** Whether any token can serve the request now or by waiting alone. */
  readonly servable: boolean;
}

/** What a {@link RequestPool} looks at. */
export interface RequestPoolView {
  readonly snapshot: TokenSnapshot;
  /** Leases of the token for the request's kind. */
  readonly inFlight: (tokenId: string) => number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The tokens that a request may be about, seen at one moment: valid until the next `await`. */
export class RequestPool implements CandidatePool {
  readonly size: number;
  readonly #lists: readonly (readonly PooledToken[])[];

  constructor(
    private readonly request: LeaseRequest,
    private readonly view: RequestPoolView,
  ) {
    this.#lists = listsOf(request, view.snapshot);
    this.size = this.#lists.reduce((sum, list) => sum + list.length, 0);
  }

  at(position: number): Candidate | undefined {
    let rest = position;
    for (const list of this.#lists) {
      const token = list[rest];
      if (token !== undefined) return this.#candidate(token);
      rest -= list.length;
    }
    return undefined;
  }

  /** Whether any token can serve the request now or by waiting alone; stops at the first. */
  isServable(): boolean {
    return this.#lists.some((list) => list.some((token) => isServable(this.#judge(token))));
  }

  /** Looks at every token. */
  survey(): Survey {
    const candidates: Candidate[] = [];
    let retryAt = Infinity;
    let servable = false;
    for (const list of this.#lists) {
      for (const token of list) {
        const verdict = this.#judge(token);
        servable ||= isServable(verdict);
        if (verdict === 'ready') candidates.push(this.#candidateOf(token));
        if (verdict === 'cooling') retryAt = Math.min(retryAt, token.coolingUntil ?? Infinity);
      }
    }
    return { candidates, servable, retryAt: retryAt === Infinity ? null : retryAt };
  }

  #candidate(token: PooledToken): Candidate | undefined {
    return this.#judge(token) === 'ready' ? this.#candidateOf(token) : undefined;
  }

  #candidateOf(token: PooledToken): Candidate {
    return { token, inFlight: this.view.inFlight(token.id), limit: limitOf(token, this.request.kind) };
  }

  #judge(token: PooledToken): Verdict {
    const inFlight = this.view.inFlight(token.id);
    return judge({ token, request: this.request, inFlight, now: this.view.now });
  }
}

/** For a request that is bound to one token, that one alone, so that the others cost nothing. */
function listsOf(
  { providers, tokenId }: LeaseRequest,
  { tokens, ofProvider }: TokenSnapshot,
): readonly (readonly PooledToken[])[] {
  if (tokenId === null) return [...new Set(providers)].map((name) => ofProvider(name));
  const token = tokens.get(tokenId);
  return token !== undefined && providers.includes(token.provider) ? [[token]] : [];
}
