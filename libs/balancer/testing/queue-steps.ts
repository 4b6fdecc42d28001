import fc from 'fast-check';
import { type BalancerLimits, type LeaseRequest, PRIORITIES } from 'penstock/balancer';

/** The tokens of a world; `d` belongs to another provider. */
export const IDS = ['a', 'b', 'c', 'd'];
const LIMITS: readonly BalancerLimits[] = [
  {},
  { groups: { org: { limits: { video: 1 } } } },
  {
    groups: { org: { limits: { video: 2 }, requestsPerMinute: 2 } },
    providers: { acme: { limits: { video: 2 } } },
  },
  { providers: { acme: { limits: { video: 1, image: 1 } }, other: { requestsPerMinute: 1 } } },
];
const LANES: readonly Partial<LeaseRequest>[] = [
  {},
  { kind: 'image' },
  { providers: ['acme', 'other'] },
  { tokenId: 'a' },
  { tokenId: 'd', providers: ['other'] },
  { excluded: new Set(['a']) },
  { excluded: new Set(['a', 'b']) },
];

const bare = <T extends 'cancel' | 'release' | 'refresh' | 'crash'>(action: T) =>
  fc.record({ do: fc.constant(action), pick: fc.nat() });

/** Something that may happen to a {@link QueueWorld}. */
export const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('enter' as const),
      lane: fc.constantFrom(...LANES),
      force: fc.boolean(),
      priority: fc.constantFrom(...PRIORITIES),
      /** It comes back after a failover, and so asked before. */
      askedBeforeMs: fc.constantFrom(0, 0, 0, 700, 20_000),
    }),
  },
  { weight: 6, arbitrary: bare('release') },
  { weight: 2, arbitrary: bare('cancel') },
  { weight: 1, arbitrary: bare('refresh') },
  { weight: 1, arbitrary: bare('crash') },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      id: fc.constantFrom(...IDS),
      told: fc.boolean(),
      enabled: fc.boolean(),
      limit: fc.constantFrom(-1, 0, 1, 2),
      coolMs: fc.constantFrom(0, 100, 5_000),
      expireMs: fc.constantFrom(null, 0, 300),
      quota: fc.constantFrom(null, 0, 3),
      ramp: fc.constantFrom(null, null, 1, 2),
      rate: fc.constantFrom(null, null, 1, 2),
      group: fc.constantFrom(null, 'org'),
      weight: fc.constantFrom(0, 1, 2.5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('headStart' as const), ms: fc.constantFrom(0, 1_000, 10_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id: fc.constantFrom(...IDS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('configure' as const), limits: fc.constantFrom(...LIMITS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('jump' as const), ms: fc.constantFrom(-3_600_000, 3_600_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 100, 6_000, 60_000) }),
  },
);

/** One of them. */
export type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;
