import type { Clock } from 'penstock/kernel';

import { Circuit } from '../edge/circuit.js';
import type { PauseOptions } from '../edge/circuit-pause.js';
import type { EdgeCondition } from '../edge/edge-snapshot.js';
import type { Passage, PassageEnd } from '../edge/passage.js';
import type { ProxyProbe } from '../ports/proxy-probe.js';
import { ProxyError } from './proxy.errors.js';
import { shownProxy } from './shown-proxy.js';

/** What a {@link ProxyState} works with. */
export interface ProxyParts {
  readonly clock: Clock;
  readonly probe: ProxyProbe;
  readonly options: () => PauseOptions;
  /** Called after each change, with the lock held. It does not throw. */
  readonly changed: (snapshot: ProxySnapshot, proxyUrl: string) => void;
}

/** A proxy at one moment. Immutable; times are in milliseconds since 1970. */
export interface ProxySnapshot {
  /** Without credentials. */
  readonly proxy: string;
  /** `challenged` means set aside; see {@link EdgeCondition} otherwise. */
  readonly condition: EdgeCondition;
  readonly since: number;
  /** Of the last failure; `null` when there was none. */
  readonly reason: string | null;
  /** When it is looked at next; `null` unless it is set aside. */
  readonly nextProbeAt: number | null;
  /** How often it was set aside. */
  readonly failures: number;
  /** Calls that were refused since it was set aside last. */
  readonly refused: number;
}

/** How a call through a proxy fared. `lost` says why a connection broke off without an answer. */
export type ProxyEnd = PassageEnd | { readonly lost: string };

interface ProxyJudgement {
  /** What it means for whether the proxy is set aside. */
  readonly heard: PassageEnd;
  /** Whether the proxy is at fault as far as one can tell, and not who is behind it. */
  readonly isToBlame: boolean;
}

/** Connections in a row that broke off without an answer, until the proxy is taken to be at fault. */
const MOST_LOST = 3;

const NO_HEADERS: Passage['headers'] = Object.freeze({});
const nothing = (): void => undefined;

/** One proxy: a circuit that a failure of the proxy opens, and that a probe closes. */
export class ProxyState {
  /** Of the last call that took it, among those of all proxies. */
  turn = 0;
  readonly #circuit: Circuit;
  /** Where the last call through it went. */
  #origin: string | null = null;
  /** Since the last answer. */
  #lost = 0;
  /** Whether an answer came through it since it failed or lost a connection last. */
  #proven = false;

  constructor(
    readonly proxyUrl: string,
    private readonly parts: ProxyParts,
  ) {
    const { clock, options, probe } = parts;
    this.#circuit = new Circuit({
      name: 'upstream.proxy',
      clock,
      options,
      opening: nothing,
      shut: nothing,
      headers: () => NO_HEADERS,
      probe: (signal) => probe.probe({ proxyUrl, origin: this.#origin ?? '', signal }),
      changed: () => {
        parts.changed(this.snapshot(), proxyUrl);
      },
      refusal: (reason, retryAfterMs) => ProxyError.setAside(shownProxy(proxyUrl), reason, retryAfterMs),
    });
  }

  /** Takes no lock. */
  snapshot(): ProxySnapshot {
    const { condition, since, reason, challenges } = this.#circuit.state;
    const { clock } = this.parts;
    return Object.freeze({
      proxy: shownProxy(this.proxyUrl),
      condition,
      reason,
      failures: challenges,
      since: Math.round(clock.now() + since - clock.monotonic()),
      nextProbeAt: this.asideUntil(),
      refused: this.#circuit.refused,
    });
  }

  /** Until when no call takes it, in milliseconds since 1970; `null` when calls do. Takes no lock. */
  asideUntil(): number | null {
    return this.#circuit.openUntil();
  }

  /** Whether its one call after a probe is under way. */
  get isTried(): boolean {
    return this.#circuit.isTried;
  }

  /** As {@link Circuit.enter}. @throws ProxyError `proxy_set_aside` */
  enter(origin: string, signal: AbortSignal): Promise<Passage> {
    this.#origin = origin;
    return this.#circuit.enter(signal);
  }

  /** What the end of a call says of this proxy. A probe that passes makes nothing good: only an answer does. */
  judge(end: ProxyEnd): ProxyJudgement {
    if (end === 'passed') {
      this.#lost = 0;
      this.#proven = true;
    }
    if (typeof end !== 'object') return { heard: end, isToBlame: false };
    const isLost = 'lost' in end;
    const isToBlame = !isLost || !this.#proven;
    this.#proven = false;
    if (!isLost) return { heard: end, isToBlame };
    this.#lost += 1;
    const heard = this.#lost < MOST_LOST ? 'unknown' : { reason: end.lost, retryAfterMs: null };
    return { heard, isToBlame };
  }

  /** Ends timers, probes and waits. */
  close(): void {
    this.#circuit.close();
  }
}
