import { afterEach, beforeEach, expect } from 'vitest';

import { WebhookAttempt } from '../delivery/webhook-attempt.entity.js';
import { KEY, OutboxWorld, type OutboxProcess } from './outbox-world.js';
import { Receiver } from './receiver.js';

/** What is told of a generation that goes well, in order. */
export const LIFE = ['queued', 'submitting', 'in_progress', 'completed'].map(
  (status) => `generation.${status}`,
);

/** So many as {@link LIFE} tells. */
export const all = (status: string): string[] => Array<string>(LIFE.length).fill(status);

/** An outbox of one process and a receiver of the webhooks of {@link KEY}, made anew for each test of the suite around. */
export class SendingOutbox {
  #parts: { world: OutboxWorld; process: OutboxProcess; receiver: Receiver; secret: string } | undefined;

  constructor() {
    beforeEach(async () => {
      const world = await OutboxWorld.create();
      const process = await world.start();
      const receiver = await Receiver.open();
      const { secret } = await process.endpoints.set(KEY, receiver.url);
      this.#parts = { world, process, receiver, secret: secret ?? '' };
    });
    afterEach(async () => {
      await this.world.end();
      await this.receiver.close();
    });
  }

  get world(): OutboxWorld {
    return this.#made.world;
  }

  get process(): OutboxProcess {
    return this.#made.process;
  }

  get receiver(): Receiver {
    return this.#made.receiver;
  }

  /** What the webhooks of the key are signed with. */
  get secret(): string {
    return this.#made.secret;
  }

  /** Of what was received, in order. */
  types(): unknown[] {
    return this.receiver.events.map(({ type }) => type);
  }

  attempts(): Promise<WebhookAttempt[]> {
    return this.world.source.getRepository(WebhookAttempt).find({ order: { number: 'ASC' } });
  }

  /** Waits until the deliveries have these statuses. */
  settles(expected: readonly string[]): Promise<void> {
    const statuses = async (): Promise<string[]> => (await this.process.rows()).map(({ status }) => status);
    return expect.poll(statuses, { timeout: 10_000 }).toEqual(expected);
  }

  /** Starts another process, after the one before has stopped. */
  async start(): Promise<void> {
    this.#made.process = await this.world.start();
  }

  get #made() {
    if (this.#parts === undefined) throw new Error('There is an outbox within tests only.');
    return this.#parts;
  }
}
