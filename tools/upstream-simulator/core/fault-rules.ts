import { CodedError, type Random } from 'penstock/kernel';

import { canBefall, type Fault } from './fault.js';
import type { FaultRule } from './fault-rule.js';
import type { Operation } from './operation.js';

/** What a rule is held against. */
export interface FaultTarget {
  readonly operation: Operation;
  readonly secret: string;
  readonly jobId: string | null;
}

/** A fault that a call has to suffer, and the operations its rule is about. */
export interface Occurrence {
  readonly fault: Fault;
  readonly scope: readonly Operation[] | 'any';
}

/** How often a rule was considered and applied. */
export interface FaultReport {
  readonly id: string;
  readonly operation: FaultRule['operation'];
  readonly type: Fault['type'];
  /** Calls that the rule is about. */
  readonly matched: number;
  /** Those of them that suffered the fault. */
  readonly fired: number;
}

interface Entry {
  readonly rule: FaultRule;
  readonly scope: Occurrence['scope'];
  matched: number;
  fired: number;
}

/** The rules in force, tried in the order in which they were added; the first that fires decides. */
export class FaultRules {
  readonly #entries = new Map<string, Entry>();
  #added = 0;

  constructor(private readonly random: Random) {}

  /**
   * Puts a rule in force and returns its id.
   *
   * @throws CodedError `conflict` when the id is taken
   */
  add(rule: FaultRule): string {
    const id = rule.id ?? `fault-${++this.#added}`;
    if (this.#entries.has(id)) {
      throw new CodedError('conflict', 'conflict', `id: there is a rule ${id} already`, { field: 'id' });
    }
    const scope = rule.operation === 'any' ? 'any' : [rule.operation];
    this.#entries.set(id, { rule, scope, matched: 0, fired: 0 });
    return id;
  }

  /** Ends one rule; `false` when there is none of that id. */
  remove(id: string): boolean {
    return this.#entries.delete(id);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The fault that this call has to suffer, if any. Counts the call. */
  next(target: FaultTarget): Occurrence | undefined {
    if (this.#entries.size === 0) return undefined;
    for (const entry of this.#entries.values()) {
      if (isAbout(entry.rule, target) && this.#fires(entry)) {
        return { fault: entry.rule.fault, scope: entry.scope };
      }
    }
    return undefined;
  }

  report(): readonly FaultReport[] {
    return [...this.#entries].map(([id, { rule, matched, fired }]) => {
      return { id, operation: rule.operation, type: rule.fault.type, matched, fired };
    });
  }

  #fires(entry: Entry): boolean {
    const { skip, probability, times = Infinity } = entry.rule;
    entry.matched += 1;
    if (entry.matched <= skip || entry.fired >= times) return false;
    if (probability < 1 && this.random.next() >= probability) return false;
    entry.fired += 1;
    return true;
  }
}

function isAbout(rule: FaultRule, { operation, secret, jobId }: FaultTarget): boolean {
  if (rule.operation === 'any' ? !canBefall(rule.fault, operation) : rule.operation !== operation)
    return false;
  if (rule.secret !== undefined && rule.secret !== secret) return false;
  return rule.jobId === undefined || rule.jobId === jobId;
}
