import { ProxyError } from './proxy.errors.js';
import { type ProxyEnd, type ProxyParts, type ProxySnapshot, ProxyState } from './proxy-state.js';

/** The right to make one call, and the proxy to take. */
export interface ProxyPassage {
  /** With its credentials; `null` for a direct connection. */
  readonly proxyUrl: string | null;
  /**
   * Tells how it fared; the first word counts. Whose fault a connection was that is `lost` is not known, so the proxy is set
   * aside only when it happens three times in a row.
   *
   * @returns whether the proxy is to blame: it failed, or it lost a connection and no answer came through it since the one
   *   that it failed or lost before
   */
  readonly end: (end: ProxyEnd) => Promise<boolean>;
}

/** What a call asks for. */
export interface ProxyRequest {
  /** Those that it may take, `null` for a direct connection; more than one are taken in turn. */
  readonly candidates: readonly (string | null)[];
  /** Where it goes, such as `https://api.example.com`. */
  readonly origin: string;
  /** Whether a candidate is of no use for another reason now, so that others come first. @defaultValue none is */
  readonly isAvoided?: (proxyUrl: string | null) => boolean;
  readonly signal: AbortSignal;
}

/** Hears of each change of a proxy. It does not throw. */
export type ProxyListener = (snapshot: ProxySnapshot, proxyUrl: string) => void;

/** Proxies that are kept in mind; of more, the one that was met first goes. */
const MOST_PROXIES = 10_000;

const DIRECT: ProxyPassage = Object.freeze({ proxyUrl: null, end: () => Promise.resolve(false) });

/**
 * What proxies are worth. One that fails is set aside: no call takes it but one probe at a time, after pauses that grow.
 * When a probe passes, one call goes first and others follow it. All of it lies in memory.
 */
export class ProxyStates {
  readonly #states = new Map<string, ProxyState>();
  readonly #listeners = new Set<ProxyListener>();
  readonly #parts: ProxyParts;
  /** Rises with each call. */
  #turn = 0;

  constructor(parts: Omit<ProxyParts, 'changed'>) {
    this.#parts = {
      ...parts,
      changed: (snapshot, proxyUrl) => {
        for (const listener of this.#listeners) listener(snapshot, proxyUrl);
      },
    };
  }

  /**
   * Chooses one of the candidates in turn, passing over those that are set aside, and asks for the right to make one call
   * through it.
   *
   * @throws ProxyError `no_proxy` without a candidate, `proxy_set_aside` when all are set aside; the reason of `signal`
   */
  async enter({ candidates, origin, isAvoided = () => false, signal }: ProxyRequest): Promise<ProxyPassage> {
    const proxyUrl = this.#choose(candidates, isAvoided);
    if (proxyUrl === null) return DIRECT;
    const state = this.#of(proxyUrl);
    state.turn = this.#turn += 1;
    const passage = await state.enter(origin, signal);
    let ended: Promise<boolean> | undefined;
    const tell = async (end: ProxyEnd): Promise<boolean> => {
      const { heard, isToBlame } = state.judge(end);
      await passage.end(heard);
      return isToBlame;
    };
    return { proxyUrl, end: (end) => (ended ??= tell(end)) };
  }

  /** Whether no proxy was taken yet. */
  get isQuiet(): boolean {
    return this.#states.size === 0;
  }

  /** Until when no call takes a proxy, in milliseconds since 1970; `null` when calls do. Takes no lock. */
  asideUntil(proxyUrl: string | null): number | null {
    return proxyUrl === null ? null : (this.#states.get(proxyUrl)?.asideUntil() ?? null);
  }

  /** How a proxy fared; `undefined` when no call took it. Takes no lock. */
  find(proxyUrl: string): ProxySnapshot | undefined {
    return this.#states.get(proxyUrl)?.snapshot();
  }

  /** Every proxy that a call took, with its credentials. */
  urls(): readonly string[] {
    return [...this.#states.keys()];
  }

  /** Every proxy that a call took. */
  list(): readonly ProxySnapshot[] {
    return Array.from(this.#states.values(), (state) => state.snapshot());
  }

  /** Calls the listener after each change from now on. Returns the way to end that. */
  onChange(listener: ProxyListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends every timer and probe. */
  close(): void {
    for (const state of this.#states.values()) state.close();
  }

  #choose(
    candidates: ProxyRequest['candidates'],
    isAvoided: (proxyUrl: string | null) => boolean,
  ): string | null {
    if (candidates.length === 0) throw ProxyError.none();
    const open = candidates.filter((each) => this.asideUntil(each) === null);
    const usable = open.filter((each) => each === null || this.#states.get(each)?.isTried !== true);
    const wanted = usable.filter((each) => !isAvoided(each));
    const among = [wanted, usable, open].find(({ length }) => length > 0) ?? candidates;
    return among.reduce((one, other) => (this.#turnOf(other) < this.#turnOf(one) ? other : one));
  }

  /** The one that was taken longest ago has the lowest. */
  #turnOf(proxyUrl: string | null): number {
    return proxyUrl === null ? 0 : (this.#states.get(proxyUrl)?.turn ?? 0);
  }

  #of(proxyUrl: string): ProxyState {
    const known = this.#states.get(proxyUrl);
    if (known !== undefined) return known;
    const [oldest] = this.#states.values();
    if (oldest !== undefined && this.#states.size >= MOST_PROXIES) {
      oldest.close();
      this.#states.delete(oldest.proxyUrl);
    }
    const state = new ProxyState(proxyUrl, this.#parts);
    this.#states.set(proxyUrl, state);
    return state;
  }
}
