import { setImmediate } from 'node:timers/promises';

import { In } from 'typeorm';

import { CLEARED_HEALTH } from '../../tokens/token-health.policy.js';
import { isFinished, type GenerationStatus } from '../generation-status.js';
import { Generation } from '../generation.entity.js';
import type { FakeUpstream, PollPlan, SubmitPlan } from './fake-upstream.js';
import { OWNER, TestEngine } from './test-engine.js';
import { TestWorld } from './test-world.js';

/** What may happen, by name. `which` picks one of those that there are. */
export interface Happenings {
  /** Somebody asks; the next submissions and the next job go as planned. */
  create: { readonly submissions: readonly SubmitPlan[]; readonly polls: readonly PollPlan[] };
  cancel: { readonly which: number };
  remix: { readonly which: number };
  remove: { readonly which: number };
  /** Time passes, and all that it brings about happens. */
  pass: { readonly ms: number };
  /** The event loop turns so many times, and time stands still. */
  turn: { readonly times: number };
  /** The process is killed, wherever it stands, and starts again. */
  kill: object;
  /** The process ends in good order and starts again. */
  restart: object;
  /** The database refuses so many writes. */
  full: { readonly writes: number };
  /** The wall clock is set. */
  jump: { readonly ms: number };
  token: { readonly which: number; readonly change: 'disable' | 'enable' | 'delete' };
  mood: Pick<FakeUpstream, 'reconciling' | 'cancelling'>;
}

/** One thing that happens. */
export type Step = {
  [Name in keyof Happenings]: { readonly type: Name } & Happenings[Name];
}[keyof Happenings];

const ENGINE = { lists: true };
const LONGEST_END_MS = 600_000;

/** A run of the engine through whatever happens, under the eyes of a witness. */
export class EngineLife {
  /** Generations whose creation was answered. */
  readonly accepted = new Set<string>();
  /** Generations that somebody asked to be removed. */
  readonly removed = new Set<string>();
  /** By how many generations a token was ever beyond its limit. */
  excess = 0;
  /** Timers that were left after a shutdown in good order. */
  timersLeft = 0;
  readonly #looks: Promise<void>[] = [];
  #prompts = 0;
  #engine: TestEngine;

  private constructor(
    readonly world: TestWorld,
    private readonly limits: ReadonlyMap<string, number>,
    engine: TestEngine,
  ) {
    this.#engine = engine;
    world.upstream.onSubmit = () => {
      this.#looks.push(this.#watch());
    };
  }

  /** Begins with one token of each of these limits. */
  static async begin(limits: readonly number[]): Promise<EngineLife> {
    const world = await TestWorld.create();
    const byId = new Map<string, number>();
    for (const limit of limits) byId.set(await world.addToken(limit), limit);
    return new EngineLife(world, byId, await TestEngine.start(world, ENGINE));
  }

  /** The process that runs now. */
  get engine(): TestEngine {
    return this.#engine;
  }

  async take(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.#happen(step);
      this.#looks.push(this.#watch());
    }
  }

  /** From here on everything works, and everything should end. @returns all rows */
  async finish(): Promise<readonly Generation[]> {
    const { engine, world } = this;
    world.upstream.becomeKind();
    engine.pool.refusals = 0;
    await engine.pass(500);
    for (const id of this.limits.keys()) this.#let(engine.tokens.change(id, () => CLEARED_HEALTH));
    for (let left = LONGEST_END_MS; left > 0; left -= 2_000) {
      await engine.pass(2_000, 500);
      if ((await world.rows()).every(({ status }) => isFinished(status))) break;
    }
    await engine.pass(20_000, 1_000);
    await Promise.all(this.#looks);
    return world.rows();
  }

  /** Ends the process in good order. */
  async stop(): Promise<void> {
    await this.#engine.stop();
    this.timersLeft += this.#engine.clock.pendingTimers;
    this.#engine.kill();
  }

  async end(): Promise<void> {
    this.#engine.kill();
    await this.world.end();
  }

  /** The rows are the witness: they outlive every process. */
  async #watch(): Promise<void> {
    const statuses = In<GenerationStatus>(['submitting', 'in_progress']);
    const rows = this.world.source.getRepository(Generation);
    for (const [tokenId, limit] of this.limits) {
      const served = await rows.countBy({ tokenId, status: statuses });
      this.excess = Math.max(this.excess, served - limit);
    }
  }

  async #happen(step: Step): Promise<void> {
    const { upstream } = this.world;
    switch (step.type) {
      case 'create':
        upstream.submissions.push(...step.submissions);
        upstream.plans.push([...step.polls]);
        this.#accept(this.#engine.create({ prompt: this.#nextPrompt() }));
        return;
      case 'pass':
        await this.#engine.pass(step.ms, 200);
        return;
      case 'turn':
        for (let left = step.times; left > 0; left -= 1) await setImmediate();
        return;
      case 'jump':
        this.world.clock.jump(step.ms);
        return;
      case 'mood':
        upstream.reconciling = step.reconciling;
        upstream.cancelling = step.cancelling;
        return;
      case 'full':
        this.#engine.pool.refusals = step.writes;
        return;
      default:
        await this.#intervene(step);
    }
  }

  async #intervene(
    step: Extract<Step, { type: 'cancel' | 'remix' | 'remove' | 'kill' | 'restart' | 'token' }>,
  ): Promise<void> {
    switch (step.type) {
      case 'cancel':
        this.#let(this.#engine.generations.cancel(this.#pick(step.which), OWNER));
        return;
      case 'remove':
        this.#remove(this.#pick(step.which));
        return;
      case 'remix':
        this.#let(this.#remix(this.#pick(step.which)));
        return;
      case 'token':
        this.#changeToken(step);
        return;
      case 'restart':
        await this.stop();
        this.#engine = await TestEngine.start(this.world, ENGINE);
        return;
      case 'kill':
        this.#engine.kill();
        this.#engine = await TestEngine.start(this.world, ENGINE);
    }
  }

  #accept(creation: Promise<Generation>): void {
    this.#let(creation.then(({ id }) => this.accepted.add(id)));
  }

  /** Lets a request run its course. That it may be refused is part of life. */
  #let(request: Promise<unknown>): void {
    request.catch(() => undefined);
  }

  #remove(id: string): void {
    this.removed.add(id);
    this.#let(this.#engine.generations.remove(id, OWNER));
  }

  async #remix(id: string): Promise<void> {
    const engine = this.#engine;
    const source = await engine.read(id);
    const request = { id, prompt: this.#nextPrompt(), idempotencyKey: null };
    this.#accept(engine.create(engine.remixes.requestFor(source, request)));
  }

  /** The first token is never deleted. */
  #changeToken({ which, change }: Happenings['token']): void {
    const { tokens } = this.#engine;
    const ids = [...this.limits.keys()];
    const id = ids[which % ids.length] ?? '';
    if (change === 'delete' && id !== ids[0]) this.#let(tokens.delete(id));
    else if (change === 'enable') this.#let(tokens.change(id, () => CLEARED_HEALTH));
    else this.#let(tokens.change(id, () => ({ enabled: false, disabledReason: 'turned off' })));
  }

  #pick(which: number): string {
    const ids = [...this.accepted];
    return ids[which % Math.max(1, ids.length)] ?? 'nobody';
  }

  #nextPrompt(): string {
    return `prompt ${this.#prompts++}`;
  }
}
