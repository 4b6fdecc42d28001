import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Semaphore } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';

import { TokenStore } from './token-store.js';
import { TokenTester } from './token-tester.js';

const LOOK_EVERY_MS = 5_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
const TESTS_AT_ONCE = 5;
const MINUTE = 60_000;

/** A token that works again, on the monotonic clock: turned off before `forgetAt`, it goes on where its pauses were. */
interface Recovery {
  readonly pauseMs: number;
  readonly forgetAt: number;
}

/** When a token is asked about again, on the monotonic clock. */
interface Plan {
  readonly dueAt: number;
  readonly pauseMs: number;
}

/**
 * Brings back tokens that Penstock itself turned off: each is tested, by a call that costs nothing, after 10 s and then
 * at growing pauses of at most half an hour; one that works is on again, and the pauses grow on if it fails again soon.
 * Those that were off at the start are tested at once. What a person turned off is left alone.
 */
@Injectable()
export class TokenProbe implements OnApplicationBootstrap {
  readonly #logger = new Logger(TokenProbe.name);
  readonly #testing = new Set<string>();
  readonly #slots: Semaphore;
  readonly #recoveries = new Map<string, Recovery>();
  #plans = new Map<string, Plan>();
  #firstPauseMs = 0;

  constructor(
    private readonly store: TokenStore,
    private readonly tester: TokenTester,
    private readonly clock: Clock,
  ) {
    this.#slots = new Semaphore({ name: 'tokens.probes', permits: TESTS_AT_ONCE, clock });
  }

  /** The start does not wait for the tests. */
  onApplicationBootstrap(): void {
    void this.run();
  }

  /** Tests what is due, a few at once and no token twice at once. Resolves when the tests that it began have ended. */
  @Interval(LOOK_EVERY_MS)
  @Timed({ name: 'token probe', kind: 'task', slowAfterMs: 60_000 })
  async run(): Promise<void> {
    try {
      this.#plan(await this.store.idsTurnedOffByMachine());
    } catch (error) {
      this.#logger.warn({ err: error }, 'Tokens that were turned off could not be looked at');
      return;
    }
    const now = this.clock.monotonic();
    const due = [...this.#plans].filter(([id, { dueAt }]) => dueAt <= now && !this.#testing.has(id));
    await Promise.all(due.map(([id, plan]) => this.#test(id, plan)));
  }

  #plan(ids: readonly string[]): void {
    const now = this.clock.monotonic();
    for (const [id, { forgetAt }] of this.#recoveries) if (forgetAt <= now) this.#recoveries.delete(id);
    this.#plans = new Map(ids.map((id) => [id, this.#plans.get(id) ?? this.#firstPlan(id)]));
    this.#firstPauseMs = FIRST_PAUSE_MS;
  }

  #firstPlan(id: string): Plan {
    const recovery = this.#recoveries.get(id);
    return this.#planAfter(recovery === undefined ? this.#firstPauseMs : longer(recovery.pauseMs));
  }

  async #test(id: string, { pauseMs }: Plan): Promise<void> {
    this.#testing.add(id);
    const works = await this.#slots.run(() => this.#works(id));
    this.#testing.delete(id);
    this.#plans.delete(id);
    if (works) this.#recoveries.set(id, { pauseMs, forgetAt: this.clock.monotonic() + 2 * pauseMs + MINUTE });
    else this.#plans.set(id, this.#planAfter(longer(pauseMs)));
  }

  async #works(id: string): Promise<boolean> {
    try {
      const { valid, token } = await this.tester.test(id);
      if (valid !== true) return false;
      this.#logger.log(`Token ${id} (${token.label}) works again and is turned on.`);
      return true;
    } catch (error) {
      this.#logger.warn({ token: id, err: error }, 'A token that was turned off could not be tested');
      return false;
    }
  }

  #planAfter(pauseMs: number): Plan {
    return { dueAt: this.clock.monotonic() + pauseMs, pauseMs };
  }
}

const longer = (pauseMs: number): number => Math.min(Math.max(FIRST_PAUSE_MS, 2 * pauseMs), LONGEST_PAUSE_MS);
