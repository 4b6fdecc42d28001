import type { GivenClearance } from '../ports/clearance-desk.js';
import type { EdgeSnapshot } from './edge-snapshot.js';
import { EdgeState, type EdgeParts } from './edge-state.js';
import { type EdgeOptions, resolveEdgeOptions } from './edge.options.js';
import type { Passage } from './passage.js';

/** Hears of each change of an edge. It does not throw. */
export type EdgeListener = (snapshot: EdgeSnapshot) => void;

/** Origins that are kept in mind; of more, the one that was met first goes. */
const MOST_ORIGINS = 1_000;

/**
 * The edges in front of upstreams, one state an origin. All of it lies in memory: after a restart the first call to an
 * origin finds out anew, and a clearance is given again.
 */
export class EdgeStates {
  readonly #states = new Map<string, EdgeState>();
  readonly #listeners = new Set<EdgeListener>();
  readonly #parts: EdgeParts;
  #options;

  constructor(parts: Omit<EdgeParts, 'changed' | 'options'>, options: EdgeOptions = {}) {
    this.#options = resolveEdgeOptions(options);
    this.#parts = {
      ...parts,
      options: () => this.#options,
      changed: (snapshot) => {
        for (const listener of this.#listeners) listener(snapshot);
      },
    };
  }

  /** Changes options from the next pause on. @throws RangeError naming the option; then nothing changes */
  configure(options: EdgeOptions): void {
    this.#options = resolveEdgeOptions({ ...this.#options, ...options });
  }

  /**
   * Asks for the right to make one call. It is answered at once, except at a half-open edge, where one call goes first.
   *
   * @throws EdgeError `edge_challenged` when no call goes out at present
   */
  enter(origin: string, signal: AbortSignal): Promise<Passage> {
    return this.#of(origin).enter(signal);
  }

  /** Lets calls through again, with what they have to show. @param given - without problems, see `problemsOfClearance` */
  async supply(origin: string, given: GivenClearance): Promise<EdgeSnapshot> {
    const state = this.#of(origin);
    await state.supply(given);
    return state.snapshot();
  }

  /** Forgets clearance and challenge. @returns whether there was anything to forget */
  async forget(origin: string): Promise<boolean> {
    const state = this.#states.get(origin);
    if (state === undefined || !isNotable(state.snapshot())) return false;
    await state.reset();
    return true;
  }

  /** Where an edge stands; `undefined` where nothing is to be told of it. Takes no lock. */
  find(origin: string): EdgeSnapshot | undefined {
    const snapshot = this.#states.get(origin)?.snapshot();
    return snapshot !== undefined && isNotable(snapshot) ? snapshot : undefined;
  }

  /** Every edge that challenged, or that has a clearance, by origin. */
  list(): readonly EdgeSnapshot[] {
    const all = [...this.#states.values()].map((state) => state.snapshot()).filter(isNotable);
    return all.sort((a, b) => (a.origin < b.origin ? -1 : 1));
  }

  /** Whether no origin is kept in mind. */
  get isQuiet(): boolean {
    return this.#states.size === 0;
  }

  /** Until when no call goes out, in milliseconds since 1970; `null` when calls go out. */
  challengedUntil(origin: string): number | null {
    return this.#states.get(origin)?.challengedUntil() ?? null;
  }

  /** Calls the listener after each change from now on. Returns the way to end that. */
  onChange(listener: EdgeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends every timer and probe. */
  close(): void {
    for (const state of this.#states.values()) state.close();
  }

  #of(origin: string): EdgeState {
    const known = this.#states.get(origin);
    if (known !== undefined) return known;
    this.#makeRoom();
    const state = new EdgeState(origin, this.#parts);
    this.#states.set(origin, state);
    return state;
  }

  #makeRoom(): void {
    if (this.#states.size < MOST_ORIGINS) return;
    const all = [...this.#states.values()];
    const leaving = all.find((state) => !isNotable(state.snapshot())) ?? all[0];
    if (leaving === undefined) return;
    leaving.close();
    this.#states.delete(leaving.origin);
  }
}

const isNotable = ({ challenges, clearance }: EdgeSnapshot): boolean => challenges > 0 || clearance !== null;
