import { DueHeap } from './due-heap.js';
import { DuePolls, type PollRanks } from './due-polls.js';
import { type GateLane, OriginLane, type PollLane, TokenLane } from './gate-lane.js';
import { type GateLimits, type HeldPoll, PollGate } from './poll-gate.js';

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

/** A poll, and what it counts for. */
export interface LanePoll extends PollLane {
  readonly id: string;
}

/** A poll whose slot is claimed. */
export interface GrantedPoll extends LanePoll {
  /** What polls of its token waited for the last time. */
  readonly heldByToken: HeldPoll | undefined;
  /** What polls to its origin waited for the last time. */
  readonly heldByOrigin: HeldPoll | undefined;
}

/** A lane that has nothing to do is kept for a while, since it will have soon. */
const LINGER_MS = 60_000;

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
  readonly #open = new DueHeap<OriginLane>();
  /** What has due polls and may begin one later: when. */
  readonly #closed = new DueHeap<GateLane>();
  /** What has nothing to do: when it can be forgotten. */
  readonly #idle = new DueHeap<GateLane>();

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
    return this.#active >= this.limits.maxActive ? Infinity : (this.#closed.first?.dueAt ?? Infinity);
  }

  /** Lowering a limit takes no slot away: it holds for the next grants. */
  setLimits(limits: SlotLimits, now: number): void {
    this.limits = limits;
    for (const origin of this.#origins.values()) origin.gate.change(this.#originLimits(), now);
    for (const token of this.#tokens.values()) token.gate.change(this.#tokenLimits(token.lane), now);
    for (const token of this.#tokens.values()) this.#refreshToken(token, now);
    for (const origin of this.#origins.values()) this.#refreshOrigin(origin, now);
  }

  /** Queues a due poll; `id` must not be queued already. */
  enqueue(poll: LanePoll, dueAt: number, now: number): void {
    const token = this.#token(poll, now);
    token.due.schedule(poll.id, dueAt);
    this.#due += 1;
    this.#refreshToken(token, now);
  }

  /** Takes `id` out of the queue. Returns whether it was there. */
  remove({ id, tokenId }: LanePoll, now: number): boolean {
    const token = this.#tokens.get(tokenId);
    if (token?.due.remove(id) !== true) return false;
    this.#due -= 1;
    this.#refreshToken(token, now);
    return true;
  }

  /** Opens what may begin again, and forgets what matters no more. */
  tick(now: number): void {
    for (const heap of [this.#closed, this.#idle]) {
      for (let lane = heap.first; lane !== undefined && lane.dueAt <= now; lane = heap.first) {
        lane.leave();
        this.#refresh(lane, now);
      }
    }
  }

  /** Claims a slot for the most overdue poll that may run; `undefined` when there is none. */
  take(now: number): GrantedPoll | undefined {
    if (this.#active >= this.limits.maxActive) return undefined;
    const origin = this.#open.first;
    const token = origin?.open.first;
    if (origin === undefined || token === undefined) return undefined;
    const id = token.due.take(now, { scarce: token.gate.isBounded || origin.gate.isBounded });
    if (id === undefined) return undefined;
    const { lane } = token;
    const [heldByToken, heldByOrigin] = [token.gate.held, origin.gate.held];
    origin.gate.begin(now);
    token.gate.begin(now);
    this.#active += 1;
    this.#due -= 1;
    this.#refreshToken(token, now);
    const { tokenId, pollsPerMinute } = lane;
    return { id, tokenId, origin: lane.origin, pollsPerMinute, heldByToken, heldByOrigin };
  }

  /** Gives back a slot that `take` claimed. */
  release({ tokenId, origin: name }: PollLane, now: number): void {
    const token = this.#tokens.get(tokenId);
    const origin = this.#origins.get(name);
    token?.gate.end();
    origin?.gate.end();
    this.#active = Math.max(0, this.#active - 1);
    this.#refreshBoth(token, origin, now);
  }

  /** Counts requests that a call made besides its first. */
  charge({ tokenId, origin: name }: PollLane, requests: number, now: number): void {
    if (requests <= 0) return;
    const token = this.#tokens.get(tokenId);
    const origin = this.#origins.get(name);
    token?.gate.charge(now, requests);
    origin?.gate.charge(now, requests);
    this.#refreshBoth(token, origin, now);
  }

  /** Lets no poll of this token begin before `until`. */
  pause(lane: PollLane, until: number, now: number): void {
    const token = this.#token(lane, now);
    token.gate.pause(until);
    this.#refreshToken(token, now);
  }

  /** The token's lane, made if need be. A token whose origin has changed takes its due polls along. */
  #token({ tokenId, origin: name, pollsPerMinute }: PollLane, now: number): TokenLane {
    const known = this.#tokens.get(tokenId);
    if (known?.lane.origin === name && known.lane.pollsPerMinute === pollsPerMinute) return known;
    const lane = { tokenId, origin: name, pollsPerMinute };
    const origin = this.#origin(name);
    if (known === undefined) {
      const gate = new PollGate(this.#tokenLimits(lane), this.startedAt);
      const token = new TokenLane(gate, new DuePolls(this.ranks), lane, origin);
      this.#tokens.set(tokenId, token);
      return token;
    }
    if (known.lane.pollsPerMinute !== pollsPerMinute) known.gate.change(this.#tokenLimits(lane), now);
    const before = known.origin;
    known.redirect(lane, origin);
    if (before !== origin) this.#refreshOrigin(before, now);
    return known;
  }

  #origin(name: string): OriginLane {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    const origin = new OriginLane(new PollGate(this.#originLimits(), this.startedAt), name);
    this.#origins.set(name, origin);
    return origin;
  }

  #refresh(lane: GateLane, now: number): void {
    if (lane instanceof TokenLane) this.#refreshToken(lane, now);
    else if (lane instanceof OriginLane) this.#refreshOrigin(lane, now);
  }

  /** The calls of a token may have gone to another origin since. */
  #refreshBoth(token: TokenLane | undefined, origin: OriginLane | undefined, now: number): void {
    if (token !== undefined) this.#refreshToken(token, now);
    if (origin !== undefined && origin !== token?.origin) this.#refreshOrigin(origin, now);
  }

  #refreshToken(token: TokenLane, now: number): void {
    const { origin } = token;
    if (!this.#place(token, origin.open, token.due.first?.dueAt, now)) {
      this.#tokens.delete(token.lane.tokenId);
      origin.tokens -= 1;
    }
    this.#refreshOrigin(origin, now);
  }

  #refreshOrigin(origin: OriginLane, now: number): void {
    const isWanted = this.#place(origin, this.#open, origin.open.first?.dueAt, now);
    if (!isWanted && origin.tokens === 0) this.#origins.delete(origin.name);
  }

  /**
   * Puts a lane where it belongs.
   *
   * @param workAt - when its most overdue poll was due; left out when it has none that may begin
   * @returns whether anything of it still matters
   */
  #place(lane: GateLane, open: DueHeap<GateLane>, workAt: number | undefined, now: number): boolean {
    const { gate } = lane;
    if (workAt === undefined) return this.#rest(lane, now);
    lane.usedAt = now;
    const { opensAt } = gate;
    if (opensAt <= now) {
      lane.moveTo(open, workAt);
      return true;
    }
    gate.hold(now);
    if (opensAt < Infinity) lane.moveTo(this.#closed, opensAt);
    else lane.leave();
    return true;
  }

  /** Nothing of it is due. */
  #rest(lane: GateLane, now: number): boolean {
    const idleAt = Math.max(lane.gate.idleAt, lane.usedAt + LINGER_MS);
    if (idleAt > now && idleAt < Infinity) lane.moveTo(this.#idle, idleAt);
    else lane.leave();
    return idleAt > now;
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
