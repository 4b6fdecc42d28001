import {
  Balancer,
  InMemoryLeaseStore,
  ModelStrategies,
  PowerOfTwoChoices,
  type LeaseRequest,
} from 'penstock/balancer';
import { SystemClock } from 'penstock/kernel';
import { TokenCache, TokenSource, type PooledToken } from 'penstock/token-cache';

/** What a pool of the bench looks like. */
export interface PoolShape {
  readonly size: number;
  /** Share of the tokens that can serve nothing: at their limit, or cooling where they have none. */
  readonly busy: number;
}

/** Leases at once that tokens are limited to, in turn. */
const LIMITS = [1, 2, 4, -1];
const HOUR_MS = 3_600_000;

/** A pool of tokens with mixed limits. */
export function tokensOf({ size, busy }: PoolShape, version = 1): PooledToken[] {
  const coolingUntil = new SystemClock().now() + HOUR_MS;
  return Array.from({ length: size }, (_, index) => {
    const limit = LIMITS[index % LIMITS.length] ?? -1;
    const cools = limit === -1 && isBusy(index, { size, busy });
    return {
      id: `tok_${String(index).padStart(24, '0')}`,
      provider: 'bench',
      label: 'bench',
      version,
      baseUrl: null,
      proxyUrl: null,
      sealedSecret: 'sealed',
      enabled: true,
      disabledReason: null,
      limits: { video: limit },
      requestsPerMinute: null,
      weight: 1,
      quotaGroup: null,
      expiresAt: null,
      quotaRemaining: null,
      quotaResetsAt: null,
      recovering: false,
      coolingUntil: cools ? coolingUntil : null,
      coolingReason: null,
      rampLimit: null,
    };
  });
}

/** Holders of leases that make the busy tokens busy: the token and how many it serves. */
export function loadOf(
  tokens: readonly PooledToken[],
  shape: PoolShape,
): readonly (readonly [string, number])[] {
  return tokens
    .filter((_, index) => isBusy(index, shape))
    .map(({ id, limits }) => [id, Math.max(0, limits['video'] ?? 0)] as const);
}

/** Spread over the whole pool. */
function isBusy(index: number, { busy }: PoolShape): boolean {
  return index % 100 < busy * 100;
}

/** A request for any of the tokens. */
export function requestOf(holder: string): LeaseRequest {
  return { holder, kind: 'video', providers: ['bench'], model: 'bench', tokenId: null, excluded: new Set() };
}

/** Tokens in memory, read without delay. */
export class ArraySource extends TokenSource {
  constructor(public tokens: readonly PooledToken[]) {
    super();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- The port is asynchronous.
  override async *loadAll(): AsyncIterable<readonly PooledToken[]> {
    yield this.tokens;
  }
}

/** The product on such a pool, in its default configuration. */
export async function balancerOn(source: TokenSource): Promise<{ balancer: Balancer; cache: TokenCache }> {
  const clock = new SystemClock();
  const cache = new TokenCache(source, {}, clock);
  await cache.refresh();
  const strategies = new ModelStrategies({
    strategies: () => new Map([['power-of-two-choices', new PowerOfTwoChoices()]]),
  });
  strategies.onModuleInit();
  return { balancer: new Balancer(cache, new InMemoryLeaseStore(clock), strategies, {}, clock), cache };
}
