import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { Clock, SystemClock, type Timer } from 'penstock/kernel';

import { PollingStrategies } from './polling-strategies.js';
import { PollKnowledgeStore, type StoredKnowledge } from './ports/poll-knowledge.js';
import { MemoryPollKnowledgeStore } from './strategies/memory-poll-knowledge-store.js';

const SAVE_EVERY_MS = 30_000;

/** What is to be written of one strategy: `null` for a key that is gone. */
type Pending = Map<string, StoredKnowledge | null>;

/**
 * Restores what strategies have learned when the application starts, and stores what is new every 30 s and at the end.
 * A crash loses the lessons of the last half minute, which costs a few polls. Neither an unreadable entry nor a store
 * that fails keeps anything from running.
 */
@Injectable()
export class PollKnowledgeKeeper implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger('Polling');
  /** By strategy. What could not be written stays here. */
  readonly #pending = new Map<string, Pending>();
  #timer: Timer | undefined;
  #saving: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly strategies: PollingStrategies,
    @Optional() private readonly store: PollKnowledgeStore = new MemoryPollKnowledgeStore(),
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {}

  async onModuleInit(): Promise<void> {
    for (const [name, { knowledge }] of this.strategies.all) {
      if (knowledge === undefined) continue;
      try {
        for (const problem of knowledge.restore(await this.store.load(name))) {
          this.#logger.warn(`What "${name}" had learned is left out where it cannot be read: ${problem}`);
        }
      } catch (error) {
        this.#logger.warn(`What "${name}" had learned could not be read, it starts anew: ${String(error)}`);
      }
    }
    this.#schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.save();
  }

  /** Stores what is new; what the store does not take is kept for the next time. Never rejects. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveAll());
    return this.#saving;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = this.clock.setTimer(() => {
      void this.save().then(() => {
        this.#schedule();
      });
    }, SAVE_EVERY_MS);
  }

  async #saveAll(): Promise<void> {
    for (const [name, { knowledge }] of this.strategies.all) {
      if (knowledge === undefined) continue;
      const pending = this.#pending.get(name) ?? new Map<string, StoredKnowledge | null>();
      this.#pending.set(name, pending);
      const { changed, removed } = knowledge.takeChanges();
      for (const key of removed) pending.set(key, null);
      for (const entry of changed) pending.set(entry.key, entry);
      await this.#write(name, pending);
    }
  }

  async #write(name: string, pending: Pending): Promise<void> {
    if (pending.size === 0) return;
    const changed = [...pending.values()].filter((entry) => entry !== null);
    const removed = [...pending].filter(([, entry]) => entry === null).map(([key]) => key);
    try {
      await this.store.save(name, changed, removed);
      pending.clear();
    } catch (error) {
      this.#logger.warn(`What "${name}" has learned could not be stored and is kept: ${String(error)}`);
    }
  }
}
