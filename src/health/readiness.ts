import { Injectable, Logger, ServiceUnavailableException, type OnModuleDestroy } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { z } from 'zod';

import { Contributors } from './contributors.js';
import type { HealthContributor, HealthReport } from './health-contributor.js';

/** How everything is. `down`: no traffic, please; `degraded`: it works, but somebody should look. */
export interface Readiness {
  readonly status: 'ok' | 'degraded' | 'down';
  /** By contributor, for operators. */
  readonly details: Readonly<Record<string, { readonly status: string; readonly [fact: string]: unknown }>>;
}

type Session = ReturnType<HealthIndicatorService['check']>;

const TIMEOUT_MS = 5_000;
const BELIEVED_FOR_MS = 1_000;

const result = z.object({
  status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
  details: z.record(z.string(), z.looseObject({ status: z.string() })),
});

const ENDING: Readiness = {
  status: 'down',
  details: { process: { status: 'down', message: 'It ends, once what has begun is done.' } },
};

/**
 * Asks every contributor. Answers are believed for a second, so that asking often costs nothing. Once the process ends it is
 * down, before anything else is stopped, so that no new traffic comes.
 */
@Injectable()
export class ReadinessCheck implements OnModuleDestroy {
  readonly #logger = new Logger(ReadinessCheck.name);
  readonly #reports = new Map<string, HealthReport>();
  #last: Readiness['status'] = 'ok';
  #isEnding = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly contributors: Contributors,
  ) {}

  onModuleDestroy(): void {
    this.#isEnding = true;
  }

  async run(): Promise<Readiness> {
    if (this.#isEnding) return ENDING;
    const checks = Array.from(
      this.contributors.all(),
      ([name, contributor]) =>
        () =>
          this.#ask(name, contributor),
    );
    const { status, details } = result.parse(await this.health.check(checks).catch(answerOfFailure));
    const readiness: Readiness = {
      status: status === 'ok' || status === 'degraded' ? status : 'down',
      details,
    };
    this.#tellOfChange(readiness);
    return readiness;
  }

  async #ask(name: string, contributor: HealthContributor): Promise<HealthIndicatorResult> {
    const session = this.indicators.check(name);
    const attempt = session.attempt(async () => {
      this.#reports.set(name, await contributor.check());
    });
    const answer = await attempt.withTimeout(TIMEOUT_MS).cacheFor(BELIEVED_FOR_MS);
    const report = this.#reports.get(name);
    if (answer[name]?.status !== 'up' || report === undefined) return answer;
    return resultOf(session, report);
  }

  #tellOfChange({ status, details }: Readiness): void {
    if (status === this.#last) return;
    this.#last = status;
    if (status === 'ok') this.#logger.log('Everything is ready again.');
    else this.#logger.warn(`Readiness is ${status}: ${JSON.stringify(details)}`);
  }
}

function resultOf(session: Session, { status, detail }: HealthReport): HealthIndicatorResult {
  if (status === 'up') return session.up({ ...detail });
  return status === 'degraded' ? session.degraded({ ...detail }) : session.down({ ...detail });
}

/** Terminus throws its answer when something is down. */
function answerOfFailure(error: unknown): unknown {
  if (error instanceof ServiceUnavailableException) return error.getResponse();
  throw error;
}
