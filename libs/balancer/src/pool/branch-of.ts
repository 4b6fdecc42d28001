import type { PooledToken } from 'penstock/token-cache';

import type { Branch } from './branch.js';
import { GatedBranch } from './gated-branch.js';
import type { Gate } from './gate.js';
import type { Gates } from './gates.js';
import type { Pool } from './pool.js';

/** Where a token stands in a pool: below its provider and its group, as far as these have limits. */
export function branchOf(pool: Pool, { provider, quotaGroup }: PooledToken, gates: Gates): Branch {
  const ofProvider = gates.find('provider', provider, pool.kind);
  const ofGroup = gates.find('group', quotaGroup, pool.kind);
  const above =
    ofProvider === undefined ? pool.root : below(pool.root, { pool, gate: ofProvider, names: [provider] });
  if (ofGroup === undefined) return above;
  // A group of several providers has a branch below each of them that has a limit.
  const names = [ofProvider === undefined ? null : provider, quotaGroup];
  return below(above, { pool, gate: ofGroup, names });
}

interface Junction {
  readonly pool: Pool;
  readonly gate: Gate;
  readonly names: readonly (string | null)[];
}

function below(parent: Branch, { pool, gate, names }: Junction): Branch {
  const key = JSON.stringify(names);
  const branch = pool.branches.get(key) ?? new GatedBranch(pool.strategy, gate, parent);
  pool.branches.set(key, branch);
  return branch;
}
