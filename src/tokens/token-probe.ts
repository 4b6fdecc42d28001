import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from 'penstock/kernel';

import { TokenStore } from './token-store.js';
import { TokenTester } from './token-tester.js';

const LOOK_EVERY_MS = 15_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 30 * 60_000;

/** When a token is asked about again, on the monotonic clock. */
interface Plan {
  readonly dueAt: number;
  readonly pauseMs: number;
}

/**
 * Brings back tokens that Penstock itself turned off: each is tested, by a call that costs nothing, after 30 s and then
 * at growing pauses of at most half an hour; one that works is on again. What a person turned off is left alone.
 */
@Injectable()
export class TokenProbe {
  readonly #logger = new Logger(TokenProbe.name);
  #plans = new Map<string, Plan>();
  #isRunning = false;

  constructor(
    private readonly store: TokenStore,
    private readonly tester: TokenTester,
    private readonly clock: Clock,
  ) {}

  /** Tests what is due, one after the other; a run that is still under way is not joined by another. */
  @Interval(LOOK_EVERY_MS)
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#testDue(await this.store.idsTurnedOffByMachine());
    } catch (error) {
      this.#logger.warn({ err: error }, 'Tokens that were turned off could not be looked at');
    } finally {
      this.#isRunning = false;
    }
  }

  async #testDue(ids: readonly string[]): Promise<void> {
    const plans = new Map<string, Plan>();
    for (const id of ids) {
      const plan = this.#plans.get(id) ?? this.#planAfter(FIRST_PAUSE_MS);
      const next = this.clock.monotonic() < plan.dueAt ? plan : await this.#test(id, plan);
      if (next !== null) plans.set(id, next);
    }
    this.#plans = plans;
  }

  /** @returns when to test it again; `null` when it works */
  async #test(id: string, { pauseMs }: Plan): Promise<Plan | null> {
    const again = (): Plan => this.#planAfter(Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
    try {
      const { valid, token } = await this.tester.test(id);
      if (valid !== true) return again();
      this.#logger.log(`Token ${id} (${token.label}) works again and is turned on.`);
      return null;
    } catch (error) {
      this.#logger.warn({ token: id, err: error }, 'A token that was turned off could not be tested');
      return again();
    }
  }

  #planAfter(pauseMs: number): Plan {
    return { dueAt: this.clock.monotonic() + pauseMs, pauseMs };
  }
}
