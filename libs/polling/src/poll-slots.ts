import { DuePolls, type PollRanks } from './due-polls.js';
import { type GateLimits, type HeldPoll, PollGate } from './poll-gate.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';

/** How many polls there may be. */
export interface SlotLimits {
  /** Polls at once, in all, to one origin and with one token. */
  readonly maxActive: number;
  readonly maxActivePerOrigin: number;
  readonly maxActivePerToken: number;
  /** Polls a minute to one origin; 0 for any number. */
  readonly originPollsPerMinute: number;
  /** Polls a minute with one token; 0 for what its provider says. */
  readonly tokenPollsPerMinute: number;
}

/** Whose calls are counted together. */
export interface PollLane {
  readonly tokenId: string;
  /** Where the calls go. */
  readonly origin: string;
  /** Polls a minute that the provider allows a token; 0 for any number. */
  readonly pollsPerMinute: number;
}

/** A poll, and what it counts for. */
export interface LanePoll extends PollLane {
  readonly id: string;
}

/** A poll whose slot is claimed. */
export interface GrantedPoll extends LanePoll {
  /** What polls of its token, and to its origin, waited for before it: the last time of each. */
  readonly held: readonly HeldPoll[];
}

const TOKEN = 'token ';
const ORIGIN = 'origin ';

interface TokenLane {
  readonly key: string;
  readonly gate: PollGate;
  readonly due: DuePolls;
  lane: PollLane;
}

interface OriginLane {
  readonly key: string;
  readonly gate: PollGate;
  /** Tokens that have a due poll and may begin one, by their most overdue poll. */
  readonly open: MemoryPollQueue;
}

/**
 * Gives slots to due polls, the most overdue first, within limits and budgets in all, per origin and per token. Of a token
 * whose budget, or that of its origin, is bounded, those of the highest rank come first. What may not begin never holds up the
 * others. Every call costs O(log n), and a ranked one up to 128 ranks; `setLimits` O(n log n).
 */
export class PollSlots {
  #active = 0;
  #due = 0;
  readonly #tokens = new Map<string, TokenLane>();
  readonly #origins = new Map<string, OriginLane>();
  /** Origins that have an open token and may begin a call, by their most overdue poll. */
  readonly #open = new MemoryPollQueue();
  /** What has due polls and may begin one later: when. */
  readonly #closed = new MemoryPollQueue();
  /** What has nothing to do: when it can be forgotten. */
  readonly #idle = new MemoryPollQueue();

  /**
   * @param startedAt - before this nothing is known of calls, on the monotonic clock
   * @param ranks - left out, the most overdue is always first
   */
  constructor(
    private limits: SlotLimits,
    private readonly startedAt = 0,
    private readonly ranks?: PollRanks,
  ) {}

  /** Slots in use. */
  get active(): number {
    return this.#active;
  }

  /** Polls that wait for a slot. */
  get due(): number {
    return this.#due;
  }

  /** When `tick` opens something, on the monotonic clock; `Infinity` for never. */
  get nextOpenAt(): number {
    return this.#active >= this.limits.maxActive ? Infinity : (this.#closed.peek()?.dueAt ?? Infinity);
  }

  /** Lowering a limit takes no slot away: it holds for the next grants. */
  setLimits(limits: SlotLimits, now: number): void {
    this.limits = limits;
    for (const origin of this.#origins.values()) origin.gate.change(this.#originLimits(), now);
    for (const token of this.#tokens.values()) token.gate.change(this.#tokenLimits(token.lane), now);
    for (const tokenId of [...this.#tokens.keys()]) this.#refreshToken(tokenId, now);
    for (const origin of [...this.#origins.keys()]) this.#refreshOrigin(origin, now);
  }

  /** Queues a due poll; `id` must not be queued already. */
  enqueue(poll: LanePoll, dueAt: number, now: number): void {
    this.#token(poll, now).due.schedule(poll.id, dueAt);
    this.#due += 1;
    this.#refreshToken(poll.tokenId, now);
  }

  /** Takes `id` out of the queue. Returns whether it was there. */
  remove({ id, tokenId }: LanePoll, now: number): boolean {
    const removed = this.#tokens.get(tokenId)?.due.remove(id) ?? false;
    if (removed) {
      this.#due -= 1;
      this.#refreshToken(tokenId, now);
    }
    return removed;
  }

  /** Opens what may begin again, and forgets what matters no more. */
  tick(now: number): void {
    for (let due = this.#closed.popDue(now); due !== undefined; due = this.#closed.popDue(now)) {
      this.#refreshKey(due.id, now);
    }
    for (let due = this.#idle.popDue(now); due !== undefined; due = this.#idle.popDue(now)) {
      this.#refreshKey(due.id, now);
    }
  }

  /** Claims a slot for the most overdue poll that may run; `undefined` when there is none. */
  take(now: number): GrantedPoll | undefined {
    if (this.#active >= this.limits.maxActive) return undefined;
    const origin = firstOf(this.#open, this.#origins);
    if (origin === undefined) return undefined;
    const token = firstOf(origin.open, this.#tokens);
    const scarce = token?.gate.isBounded === true || origin.gate.isBounded;
    const id = token?.due.take(now, { scarce });
    if (token === undefined || id === undefined) return undefined;
    const held = [token.gate.held, origin.gate.held].filter((each) => each !== undefined);
    origin.gate.begin(now);
    token.gate.begin(now);
    this.#active += 1;
    this.#due -= 1;
    this.#refreshToken(token.lane.tokenId, now);
    return { ...token.lane, id, held };
  }

  /** Gives back a slot that `take` claimed. */
  release({ tokenId, origin }: PollLane, now: number): void {
    this.#tokens.get(tokenId)?.gate.end();
    this.#origins.get(origin)?.gate.end();
    this.#active = Math.max(0, this.#active - 1);
    this.#refreshToken(tokenId, now);
    this.#refreshOrigin(origin, now);
  }

  /** Counts requests that a call made besides its first. */
  charge(lane: PollLane, requests: number, now: number): void {
    this.#tokens.get(lane.tokenId)?.gate.charge(now, requests);
    this.#origins.get(lane.origin)?.gate.charge(now, requests);
    this.#refreshToken(lane.tokenId, now);
    this.#refreshOrigin(lane.origin, now);
  }

  /** Lets no poll of this token begin before `until`. */
  pause(lane: PollLane, until: number, now: number): void {
    this.#token(lane, now).gate.pause(until);
    this.#refreshToken(lane.tokenId, now);
  }

  /** The token's lane, made if need be. A token whose origin has changed takes its due polls along. */
  #token(lane: PollLane, now: number): TokenLane {
    let token = this.#tokens.get(lane.tokenId);
    if (token === undefined) {
      const gate = new PollGate(this.#tokenLimits(lane), this.startedAt);
      token = { key: `${TOKEN}${lane.tokenId}`, gate, due: new DuePolls(this.ranks), lane };
      this.#tokens.set(lane.tokenId, token);
    } else if (token.lane.origin !== lane.origin) {
      this.#origins.get(token.lane.origin)?.open.remove(lane.tokenId);
      this.#refreshOrigin(token.lane.origin, now);
    }
    if (token.lane.pollsPerMinute !== lane.pollsPerMinute) token.gate.change(this.#tokenLimits(lane), now);
    token.lane = { tokenId: lane.tokenId, origin: lane.origin, pollsPerMinute: lane.pollsPerMinute };
    return token;
  }

  #origin(name: string): OriginLane {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    const gate = new PollGate(this.#originLimits(), this.startedAt);
    const origin = { key: `${ORIGIN}${name}`, gate, open: new MemoryPollQueue() };
    this.#origins.set(name, origin);
    return origin;
  }

  #refreshKey(key: string, now: number): void {
    if (key.startsWith(TOKEN)) this.#refreshToken(key.slice(TOKEN.length), now);
    else this.#refreshOrigin(key.slice(ORIGIN.length), now);
  }

  #refreshToken(tokenId: string, now: number): void {
    const token = this.#tokens.get(tokenId);
    if (token === undefined) return;
    const { first } = token.due;
    const { open } = this.#origin(token.lane.origin);
    if (first !== undefined && token.gate.opensAt <= now) open.schedule(tokenId, first.dueAt);
    else open.remove(tokenId);
    this.#wait(token.key, token.gate, { hasWork: first !== undefined, now });
    if (first === undefined && token.gate.idleAt <= now) this.#tokens.delete(tokenId);
    this.#refreshOrigin(token.lane.origin, now);
  }

  #refreshOrigin(name: string, now: number): void {
    const origin = this.#origins.get(name);
    if (origin === undefined) return;
    const first = origin.open.peek();
    if (first !== undefined && origin.gate.opensAt <= now) this.#open.schedule(name, first.dueAt);
    else this.#open.remove(name);
    this.#wait(origin.key, origin.gate, { hasWork: first !== undefined, now });
    if (first === undefined && origin.gate.idleAt <= now) this.#origins.delete(name);
  }

  /** Keeps the time at which a gate opens, or can be forgotten. */
  #wait(key: string, gate: PollGate, { hasWork, now }: { hasWork: boolean; now: number }): void {
    const { opensAt } = gate;
    if (hasWork && opensAt > now) gate.hold(now);
    if (hasWork && opensAt > now && opensAt < Infinity) this.#closed.schedule(key, opensAt);
    else this.#closed.remove(key);
    if (!hasWork && gate.idleAt > now && gate.idleAt < Infinity) this.#idle.schedule(key, gate.idleAt);
    else this.#idle.remove(key);
  }

  #tokenLimits({ pollsPerMinute }: PollLane): GateLimits {
    const { maxActivePerToken: maxActive, tokenPollsPerMinute } = this.limits;
    return { maxActive, perMinute: tokenPollsPerMinute > 0 ? tokenPollsPerMinute : pollsPerMinute };
  }

  #originLimits(): GateLimits {
    const { maxActivePerOrigin: maxActive, originPollsPerMinute: perMinute } = this.limits;
    return { maxActive, perMinute };
  }
}

function firstOf<T>(queue: MemoryPollQueue, lanes: ReadonlyMap<string, T>): T | undefined {
  const first = queue.peek();
  return first === undefined ? undefined : lanes.get(first.id);
}
