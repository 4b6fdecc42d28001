import { Injectable, Module } from '@nestjs/common';
import type { ProviderFailure } from 'penstock/plugin-api';

export const REFRESH_OUTCOMES = ['renewed', 'failed'] as const;

/** How a renewal of a credential went. */
export type RefreshOutcome = (typeof REFRESH_OUTCOMES)[number];

/** Something that happened to tokens of a provider, and how often since the start. */
export interface IncidentCount {
  readonly provider: string;
  /** The kind of failure that cooled, or the outcome of a renewal. */
  readonly what: string;
  readonly count: number;
}

/** Counts what happens to tokens, by provider and never by token: it grows no larger than providers times kinds. */
@Injectable()
export class TokenIncidents {
  readonly #cooldowns = new Map<string, IncidentCount>();
  readonly #refreshes = new Map<string, IncidentCount>();

  /** A token was left alone for a time. */
  cooled(provider: string, reason: ProviderFailure['kind']): void {
    increase(this.#cooldowns, provider, reason);
  }

  /** The renewal of a credential was tried. */
  refreshed(provider: string, outcome: RefreshOutcome): void {
    increase(this.#refreshes, provider, outcome);
  }

  cooldowns(): Iterable<IncidentCount> {
    return this.#cooldowns.values();
  }

  refreshes(): Iterable<IncidentCount> {
    return this.#refreshes.values();
  }
}

/** Gives whoever counts and whoever shows the same counts. */
@Module({ providers: [TokenIncidents], exports: [TokenIncidents] })
export class TokenIncidentsModule {}

function increase(counts: Map<string, IncidentCount>, provider: string, what: string): void {
  const key = `${provider} ${what}`;
  counts.set(key, { provider, what, count: (counts.get(key)?.count ?? 0) + 1 });
}
