import {
  type Balancer,
  type BalancerOptions,
  type BalancerSettings,
  resolveBalancerOptions,
  type SharedLimits,
} from 'penstock/balancer';
import type { ProviderRegistry } from 'penstock/plugin-host';
import type { FieldIssue, Frozen, SettingsSection } from 'penstock/settings';

import { balancerSettings } from './balancer.settings.js';

type ValuesOf<Section> = Section extends SettingsSection<infer Values> ? Values : never;
/** What is set of the balancer. */
export type BalancerValues = ValuesOf<typeof balancerSettings>;
type SharedValues = Frozen<BalancerValues>['limits']['groups'];

/**
 * The section with what the application is configured with, which takes only strategies and providers that there are.
 *
 * @throws RangeError naming an option that is out of its bounds
 */
export function balancerSection(
  options: BalancerOptions | undefined,
  balancer: Pick<Balancer, 'strategyNames'>,
  registry: Pick<ProviderRegistry, 'all'>,
): SettingsSection<BalancerValues> {
  const resolved = resolveBalancerOptions(options);
  const { maxWaiting, priorityHeadStartMs, fullRetryAfterMs, strategies, limits } = resolved;
  return balancerSettings
    .withDefaults({ maxWaiting, priorityHeadStartMs, fullRetryAfterMs, strategies, limits })
    .withRule((values) => unknownStrategies(values, balancer.strategyNames))
    .withRule((values) =>
      unknownProviders(
        values,
        registry.all().map(({ manifest }) => manifest.name),
      ),
    );
}

/** The section's values as `Balancer.configure` takes them. */
export function balancerSettingsOf({ strategies, limits }: Frozen<BalancerValues>): BalancerSettings {
  const { groups, providers } = limits;
  return { strategies, limits: { groups: sharedLimits(groups), providers: sharedLimits(providers) } };
}

function unknownStrategies(
  { strategies }: Frozen<BalancerValues>,
  names: readonly string[],
): readonly FieldIssue[] {
  const { default: standard, models } = strategies;
  const chosen = Object.entries(models).map(([model, name]) => ({ path: ['models', model], name }));
  return [{ path: ['default'], name: standard }, ...chosen]
    .filter(({ name }) => !names.includes(name))
    .map(({ path }) => ({ path: ['strategies', ...path], expected: `expected one of ${names.join(', ')}` }));
}

/** A limit under a name that is misspelt would hold for nobody. Groups are named by tokens, which may come later. */
function unknownProviders(
  { limits }: Frozen<BalancerValues>,
  names: readonly string[],
): readonly FieldIssue[] {
  return Object.keys(limits.providers)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: ['limits', 'providers', name],
      expected: `expected the name of a provider: ${[...names].sort().join(', ')}`,
    }));
}

function sharedLimits(all: SharedValues): Readonly<Record<string, SharedLimits>> {
  const entries = Object.entries(all).map(([name, { limits, requestsPerMinute }]) => {
    const rate = requestsPerMinute === null ? {} : { requestsPerMinute };
    return [name, { limits, ...rate }] as const;
  });
  return Object.fromEntries(entries);
}
