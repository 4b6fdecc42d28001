import type { Clock } from 'penstock/kernel';
import { type PollObservation, PollTarget } from 'penstock/polling';

/** One step of a scripted upstream. */
export type Behaviour =
  | { readonly type: 'answer'; readonly latencyMs: number; readonly observation: PollObservation }
  | { readonly type: 'throw'; readonly latencyMs: number }
  | { readonly type: 'hang'; readonly obeysSignal: boolean };

/** The bounds that a {@link WatchedTarget} checks. */
export interface WatchedBounds {
  readonly maxActive: number;
  readonly maxActivePerToken: number;
  /** From an error to the next poll, in milliseconds. */
  readonly minDelayMs: number;
  /** From a `pending` answer to the next poll, in milliseconds. */
  readonly minPendingDelayMs: number;
  /** An aborted call counts no more after this, in milliseconds. */
  readonly abortGraceMs: number;
}

interface Call {
  readonly id: string;
  readonly tokenId: string;
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
  readonly #woken = new Set<string>();
  /** Own timers that run. */
  sleeping = 0;
  polls = 0;
  readonly #tokens = new Map<string, string>();
  readonly #calls = new Set<Call>();

  constructor(
    private readonly clock: Clock,
    private readonly bounds: WatchedBounds,
    private readonly behaviours: readonly Behaviour[],
  ) {
    super();
  }

  /** Says that `id` is tracked from now on: what was promised before is void. */
  tracked(id: string, tokenId: string): void {
    this.#tokens.set(id, tokenId);
    this.#retryAt.delete(id);
    this.woken(id);
  }

  /** Says that `id` was woken: only a Retry-After holds it back. */
  woken(id: string): void {
    this.#woken.add(id);
    this.#restUntil.delete(id);
  }

  override async poll(id: string, signal: AbortSignal): Promise<PollObservation> {
    const call: Call = { id, tokenId: this.#tokens.get(id) ?? '', abortedAt: Infinity };
    this.#check(call);
    this.#calls.add(call);
    this.#woken.delete(id);
    signal.addEventListener('abort', () => (call.abortedAt = this.clock.monotonic()));
    try {
      return await this.#play(id, signal);
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
    const earliest = Math.max(this.#retryAt.get(call.id) ?? 0, this.#restUntil.get(call.id) ?? 0);
    const active = [...this.#calls].filter(({ abortedAt }) => now < abortedAt + this.bounds.abortGraceMs);
    const ofToken = active.filter(({ tokenId }) => tokenId === call.tokenId);
    if ([...this.#calls].some(({ id }) => id === call.id))
      this.violations.push(`${call.id} is polled twice at once`);
    if (active.length >= this.bounds.maxActive) this.violations.push(`too many polls at ${now}`);
    if (ofToken.length >= this.bounds.maxActivePerToken) this.violations.push(`too many of ${call.tokenId}`);
    if (now < earliest) this.violations.push(`${call.id} is polled too early at ${now}`);
    if (this.expiredAt.has(call.id)) this.violations.push(`${call.id} is polled after it expired`);
    if (this.endedAt.has(call.id)) this.violations.push(`${call.id} is polled after it ended`);
  }

  async #play(id: string, signal: AbortSignal): Promise<PollObservation> {
    const behaviour = this.behaviours[this.polls++ % this.behaviours.length];
    if (behaviour === undefined) throw new Error('There is no behaviour to play.');
    if (behaviour.type === 'hang') return await this.#hang(behaviour.obeysSignal, signal);
    await this.#sleep(behaviour.latencyMs, signal);
    signal.throwIfAborted();
    if (behaviour.type === 'throw') throw new Error('The upstream is down.');
    this.#note(id, behaviour.observation);
    return behaviour.observation;
  }

  #note(id: string, observation: PollObservation): void {
    const now = this.clock.monotonic();
    if (observation.outcome === 'ended') {
      this.endedAt.set(id, now);
    } else if (observation.outcome === 'error') {
      this.#retryAt.set(id, now + (observation.retryAfterMs ?? 0));
      this.#restUntil.set(id, now + this.bounds.minDelayMs);
    } else if (!this.#woken.has(id)) {
      this.#restUntil.set(id, now + this.bounds.minPendingDelayMs);
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
