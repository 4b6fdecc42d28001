import { DueHeap, type DueNode } from './due-heap.js';
import type { DuePolls } from './due-polls.js';
import type { PollGate } from './poll-gate.js';

/** Whose calls are counted together. */
export interface PollLane {
  readonly tokenId: string;
  /** Where the calls go. */
  readonly origin: string;
  /** Polls a minute that the provider allows a token; 0 for any number. */
  readonly pollsPerMinute: number;
}

/** What has a gate: a token or an origin. It is in one heap at a time, or in none. */
export abstract class GateLane implements DueNode {
  dueAt = 0;
  order = 0;
  position = -1;
  /** When it had due polls the last time, on the monotonic clock. */
  usedAt = -Infinity;
  #heap: DueHeap<GateLane> | undefined;

  constructor(readonly gate: PollGate) {}

  /** Moves it to this heap, at this time. */
  moveTo(heap: DueHeap<GateLane>, dueAt: number): void {
    if (heap !== this.#heap) this.leave();
    this.#heap = heap;
    heap.schedule(this, dueAt);
  }

  /** Takes it out of the heap that it is in. */
  leave(): void {
    this.#heap?.remove(this);
    this.#heap = undefined;
  }
}

/** A token, with its due polls. */
export class TokenLane extends GateLane {
  constructor(
    gate: PollGate,
    readonly due: DuePolls,
    public lane: PollLane,
    public origin: OriginLane,
  ) {
    super(gate);
    origin.tokens += 1;
  }

  /** Its calls go elsewhere from now on. */
  redirect(lane: PollLane, origin: OriginLane): void {
    this.lane = lane;
    if (origin === this.origin) return;
    this.leave();
    this.origin.tokens -= 1;
    origin.tokens += 1;
    this.origin = origin;
  }
}

/** An origin, with the tokens whose calls go there. */
export class OriginLane extends GateLane {
  /** Tokens that have a due poll and may begin one, by their most overdue poll. */
  readonly open = new DueHeap<TokenLane>();
  /** How many tokens there are in all. */
  tokens = 0;

  constructor(
    gate: PollGate,
    readonly name: string,
  ) {
    super(gate);
  }
}
