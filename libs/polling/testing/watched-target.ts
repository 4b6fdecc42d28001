import type { Clock } from 'penstock/kernel';
import { type PollListing, type PollObservation, type PollRequest, PollTarget } from 'penstock/polling';

type AskedPoll = Pick<PollRequest, 'id' | 'signal'>;

/** One step of a scripted upstream. */
export type Behaviour =
  | { readonly type: 'answer'; readonly latencyMs: number; readonly observation: PollObservation }
  | { readonly type: 'throw'; readonly latencyMs: number }
  | { readonly type: 'hang'; readonly obeysSignal: boolean };

/** The bounds that a {@link WatchedTarget} checks. */
export interface WatchedBounds {
  readonly maxActive: number;
  readonly maxActivePerToken: number;
  readonly maxActivePerOrigin: number;
  readonly tokenPollsPerMinute: number;
  readonly originPollsPerMinute: number;
  /** From an error to the next poll, in milliseconds. */
  readonly minDelayMs: number;
  /** From a `pending` answer to the next poll, in milliseconds; `minDelayMs` where a list takes it along. */
  readonly minPendingDelayMs: number;
  /** An aborted call counts no more after this, in milliseconds. */
  readonly abortGraceMs: number;
}

interface Place {
  readonly tokenId: string;
  readonly origin: string;
}

interface Call extends Place {
  readonly ids: readonly string[];
  abortedAt: number;
}

/** Plays behaviours one after another and writes down every broken promise of the scheduler. */
export class WatchedTarget extends PollTarget {
  /** Broken promises; empty as long as all is well. */
  readonly violations: string[] = [];
  readonly expiredAt = new Map<string, number>();
  readonly endedAt = new Map<string, number>();
  readonly #retryAt = new Map<string, number>();
  /** When the interval after the last answer ends, unless the id is woken. */
  readonly #restUntil = new Map<string, number>();
  readonly #pendingUntil = new Map<string, number>();
  readonly #woken = new Set<string>();
  /** Own timers that run. */
  sleeping = 0;
  polls = 0;
  readonly #places = new Map<string, Place>();
  /** When calls began, by token and by origin. */
  readonly #starts = new Map<string, number[]>();
  readonly #calls = new Set<Call>();

  constructor(
    private readonly clock: Clock,
    private readonly bounds: WatchedBounds,
    private readonly behaviours: readonly Behaviour[],
  ) {
    super();
  }

  /** Says that `id` is tracked from now on: what was promised before is void. */
  tracked(id: string, place: Place): void {
    this.#places.set(id, place);
    this.#retryAt.delete(id);
    this.woken(id);
  }

  /** The process died, and its calls with it. */
  forgetCalls(): void {
    this.#calls.clear();
  }

  /** Says that `id` was woken: only a Retry-After holds it back. */
  woken(id: string): void {
    this.#woken.add(id);
    this.#restUntil.delete(id);
    this.#pendingUntil.delete(id);
  }

  /** Answered by lists. */
  listed = 0;

  override poll(request: PollRequest): Promise<PollObservation> {
    return this.#called([request], request.signal, async () => {
      const observation = await this.#play(request.signal);
      this.#note([request], observation);
      return observation;
    });
  }

  /** Plays one behaviour for all; of an answer, each third id but the first is left out. */
  override pollMany(polls: readonly PollRequest[], signal: AbortSignal): Promise<PollListing> {
    return this.#called(polls, signal, async () => {
      const observation = await this.#play(signal);
      const failed = observation.outcome === 'error';
      const shown = failed ? polls : polls.filter((_, place) => place === 0 || place % 3 !== 0);
      this.#note(shown, observation);
      if (failed) return observation;
      this.listed += shown.length;
      const observations = new Map(shown.map(({ id }) => [id, observation]));
      return { outcome: 'listed', observations, requests: 1 };
    });
  }

  async #called<T>(polls: readonly AskedPoll[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const ids = polls.map(({ id }) => id);
    const place = this.#places.get(ids[0] ?? '') ?? { tokenId: '', origin: '' };
    const call: Call = { ids, ...place, abortedAt: Infinity };
    this.#check(call);
    this.#calls.add(call);
    for (const id of ids) this.#woken.delete(id);
    signal.addEventListener('abort', () => (call.abortedAt = this.clock.monotonic()));
    try {
      return await work();
    } catch (error) {
      this.#note(polls, { outcome: 'error', retryAfterMs: null });
      throw error;
    } finally {
      this.#calls.delete(call);
    }
  }

  override async expire(id: string): Promise<void> {
    if (this.expiredAt.has(id)) this.violations.push(`${id} expired twice`);
    this.expiredAt.set(id, this.clock.monotonic());
    await this.#sleep(5);
  }

  #check(call: Call): void {
    const now = this.clock.monotonic();
    const { maxActive, maxActivePerToken, maxActivePerOrigin, abortGraceMs } = this.bounds;
    const active = [...this.#calls].filter(({ abortedAt }) => now < abortedAt + abortGraceMs);
    const ofToken = active.filter(({ tokenId }) => tokenId === call.tokenId);
    const ofOrigin = active.filter(({ origin }) => origin === call.origin);
    if (active.length >= maxActive) this.violations.push(`too many polls at ${now}`);
    if (ofToken.length >= maxActivePerToken) this.violations.push(`too many of ${call.tokenId}`);
    if (ofOrigin.length >= maxActivePerOrigin) this.violations.push(`too many to ${call.origin}`);
    this.#checkBudget(call.tokenId, this.bounds.tokenPollsPerMinute);
    this.#checkBudget(call.origin, this.bounds.originPollsPerMinute);
    for (const id of call.ids) this.#checkId(id, call);
  }

  #checkBudget(name: string, perMinute: number): void {
    const now = this.clock.monotonic();
    const recent = (this.#starts.get(name) ?? []).filter((at) => at > now - 59_999);
    recent.push(now);
    this.#starts.set(name, recent);
    if (recent.length > perMinute) this.violations.push(`${name} is over its budget at ${now}`);
  }

  #checkId(id: string, { ids, tokenId }: Call): void {
    const now = this.clock.monotonic();
    const earliest = this.#earliest(id, id !== ids[0]);
    if ([...this.#calls].some(({ ids }) => ids.includes(id)))
      this.violations.push(`${id} is polled twice at once`);
    if (now < earliest) this.violations.push(`${id} is polled too early at ${now}`);
    if (this.#places.get(id)?.tokenId !== tokenId) this.violations.push(`${id} is polled with ${tokenId}`);
    if (this.expiredAt.has(id)) this.violations.push(`${id} is polled after it expired`);
    if (this.endedAt.has(id)) this.violations.push(`${id} is polled after it ended`);
  }

  /** When it may be asked about, by itself or where a list takes it along. */
  #earliest(id: string, along: boolean): number {
    const times = [this.#retryAt, this.#restUntil, ...(along ? [] : [this.#pendingUntil])];
    return Math.max(...times.map((each) => each.get(id) ?? 0));
  }

  async #play(signal: AbortSignal): Promise<PollObservation> {
    const behaviour = this.behaviours[this.polls++ % this.behaviours.length];
    if (behaviour === undefined) throw new Error('There is no behaviour to play.');
    if (behaviour.type === 'hang') return await this.#hang(behaviour.obeysSignal, signal);
    await this.#sleep(behaviour.latencyMs, signal);
    signal.throwIfAborted();
    if (behaviour.type === 'throw') throw new Error('The upstream is down.');
    return behaviour.observation;
  }

  /** What was answered binds the scheduler only for ids whose answer it still wanted. */
  #note(polls: readonly AskedPoll[], observation: PollObservation): void {
    for (const { id, signal } of polls) if (!signal.aborted) this.#noteOne(id, observation);
  }

  #noteOne(id: string, observation: PollObservation): void {
    const now = this.clock.monotonic();
    if (observation.outcome === 'ended') {
      this.endedAt.set(id, now);
    } else if (observation.outcome === 'error') {
      this.#retryAt.set(id, now + (observation.retryAfterMs ?? 0));
      this.#restUntil.set(id, now + this.bounds.minDelayMs);
      this.#pendingUntil.delete(id);
    } else if (!this.#woken.has(id)) {
      this.#restUntil.set(id, now + this.bounds.minDelayMs);
      this.#pendingUntil.set(id, now + this.bounds.minPendingDelayMs);
    }
  }

  #hang(obeysSignal: boolean, signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      if (!obeysSignal) return;
      signal.addEventListener('abort', () => {
        reject(new Error('The call was aborted.'));
      });
    });
  }

  async #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeping += 1;
    await this.clock.sleep(ms, signal);
    this.sleeping -= 1;
  }
}
