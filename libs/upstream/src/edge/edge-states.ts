import type { GivenClearance } from '../ports/clearance-desk.js';
import type { EdgeSnapshot, EdgeWay } from './edge-snapshot.js';
import { EdgeState, type EdgeParts } from './edge-state.js';
import { type EdgeOptions, resolveEdgeOptions } from './edge.options.js';
import type { Passage } from './passage.js';

/** Hears of each change of an edge. It does not throw. */
export type EdgeListener = (snapshot: EdgeSnapshot, way: EdgeWay) => void;

/** Ways that are kept in mind; of more, the one that was met first goes. */
const MOST_WAYS = 1_000;

/**
 * The edges in front of upstreams, one state for each origin and proxy: a challenge, and a clearance, belong to the address
 * that the edge sees. All of it lies in memory: after a restart the first call finds out anew, and a clearance is given
 * again.
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
      changed: (snapshot, way) => {
        for (const listener of this.#listeners) listener(snapshot, way);
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
  enter(way: EdgeWay, signal: AbortSignal): Promise<Passage> {
    return this.#of(way).enter(signal);
  }

  /** Lets calls through again, with what they have to show. @param given - without problems, see `problemsOfClearance` */
  async supply(way: EdgeWay, given: GivenClearance): Promise<EdgeSnapshot> {
    const state = this.#of(way);
    await state.supply(given);
    return state.snapshot();
  }

  /** Forgets clearance and challenge. @returns whether there was anything to forget */
  async forget(way: EdgeWay): Promise<boolean> {
    const state = this.#states.get(keyOf(way));
    if (state === undefined || !isNotable(state.snapshot())) return false;
    await state.reset();
    return true;
  }

  /** Where an edge stands; `undefined` where nothing is to be told of it. Takes no lock. */
  find(way: EdgeWay): EdgeSnapshot | undefined {
    const snapshot = this.#states.get(keyOf(way))?.snapshot();
    return snapshot !== undefined && isNotable(snapshot) ? snapshot : undefined;
  }

  /** Every edge that challenged, or that has a clearance, by origin and proxy. */
  list(): readonly EdgeSnapshot[] {
    const all = [...this.#states.values()].map((state) => state.snapshot()).filter(isNotable);
    const placeOf = ({ origin, proxy }: EdgeSnapshot): string => `${origin} ${proxy ?? ''}`;
    return all.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  }

  /** The ways to an origin that calls have taken, or for which there was a clearance. */
  waysTo(origin: string): readonly EdgeWay[] {
    return Array.from(this.#states.values(), ({ way }) => way).filter((way) => way.origin === origin);
  }

  /** Whether no way is kept in mind. */
  get isQuiet(): boolean {
    return this.#states.size === 0;
  }

  /** Until when no call goes out, in milliseconds since 1970; `null` when calls go out. */
  challengedUntil(way: EdgeWay): number | null {
    return this.#states.get(keyOf(way))?.challengedUntil() ?? null;
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

  #of(way: EdgeWay): EdgeState {
    const key = keyOf(way);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    this.#makeRoom();
    const { origin, proxyUrl } = way;
    const state = new EdgeState({ origin, proxyUrl }, this.#parts);
    this.#states.set(key, state);
    return state;
  }

  #makeRoom(): void {
    if (this.#states.size < MOST_WAYS) return;
    const all = [...this.#states.values()];
    const leaving = all.find((state) => !isNotable(state.snapshot())) ?? all[0];
    if (leaving === undefined) return;
    leaving.close();
    this.#states.delete(keyOf(leaving.way));
  }
}

const keyOf = ({ origin, proxyUrl }: EdgeWay): string => `${origin} ${proxyUrl ?? ''}`;

const isNotable = ({ challenges, clearance }: EdgeSnapshot): boolean => challenges > 0 || clearance !== null;
