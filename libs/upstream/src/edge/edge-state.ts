import type { Clock } from 'penstock/kernel';

import type { ClearanceDesk, GivenClearance } from '../ports/clearance-desk.js';
import type { EdgeProbe } from '../ports/edge-probe.js';
import { Circuit } from './circuit.js';
import { headersOfClearance } from './clearance.js';
import type { EdgeSnapshot, EdgeWay } from './edge-snapshot.js';
import { EdgeError } from './edge.errors.js';
import type { ResolvedEdgeOptions } from './edge.options.js';
import type { Passage } from './passage.js';
import { shownProxy } from '../proxy/shown-proxy.js';

/** What an {@link EdgeState} works with. */
export interface EdgeParts {
  readonly clock: Clock;
  readonly probe: EdgeProbe;
  readonly desk: ClearanceDesk;
  readonly options: () => ResolvedEdgeOptions;
  /** Called after each change, with the lock held. It does not throw. */
  readonly changed: (snapshot: EdgeSnapshot, way: EdgeWay) => void;
}

interface HeldClearance {
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  /** Monotonic. */
  readonly expiresAt: number;
}

const NO_HEADERS: HeldClearance['headers'] = Object.freeze({});

/** The edge of one origin on one way to it: a circuit that a challenge opens, and that a probe or a clearance closes. */
export class EdgeState {
  readonly #circuit: Circuit;
  /** Changed only while the circuit is held. */
  #clearance: HeldClearance | null = null;
  #asking = false;

  constructor(
    readonly way: EdgeWay,
    private readonly parts: EdgeParts,
  ) {
    const { clock, options } = parts;
    this.#circuit = new Circuit({
      name: 'upstream.edge',
      clock,
      options,
      probe: (signal) => parts.probe.probe({ ...way, signal }),
      headers: () => this.#held()?.headers ?? NO_HEADERS,
      opening: () => (this.#clearance = null),
      shut: () => void this.#askForClearance(),
      changed: () => {
        parts.changed(this.snapshot(), way);
      },
      refusal: (reason, retryAfterMs) => EdgeError.challenged(way, reason, retryAfterMs),
    });
  }

  /** Takes no lock. */
  snapshot(): EdgeSnapshot {
    const { condition, since, reason, challenges } = this.#circuit.state;
    const { clock } = this.parts;
    const { origin, proxyUrl } = this.way;
    const wall = (monotonic: number): number => Math.round(clock.now() + monotonic - clock.monotonic());
    const held = this.#held();
    return Object.freeze({
      origin,
      proxy: shownProxy(proxyUrl),
      condition,
      since: wall(since),
      reason,
      challenges,
      nextProbeAt: this.challengedUntil(),
      probing: this.#circuit.probing,
      refused: this.#circuit.refused,
      clearance: held && { source: held.source, names: held.names, expiresAt: wall(held.expiresAt) },
    });
  }

  /** Until when no call goes out, in milliseconds since 1970; `null` when calls go out. Takes no lock. */
  challengedUntil(): number | null {
    return this.#circuit.openUntil();
  }

  /** As {@link Circuit.enter}. @throws EdgeError `edge_challenged` */
  enter(signal: AbortSignal): Promise<Passage> {
    return this.#circuit.enter(signal);
  }

  /** Closes the circuit and sends these headers along, until they expire or the edge challenges again. */
  supply(given: GivenClearance): Promise<void> {
    const headers = headersOfClearance(given);
    const names = [...Object.keys(given.headers ?? {}), ...Object.keys(given.cookies ?? {})];
    const ttlMs = given.ttlMs ?? this.parts.options().clearanceTtlMs;
    return this.#circuit.loosen(() => {
      const expiresAt = this.parts.clock.monotonic() + ttlMs;
      this.#clearance = { source: given.source, headers, names, expiresAt };
    });
  }

  /** Forgets clearance and challenge: the next call finds out. */
  reset(): Promise<void> {
    return this.#circuit.reset(() => (this.#clearance = null));
  }

  /** Ends timers, probes and waits. */
  close(): void {
    this.#circuit.close();
  }

  #held(): HeldClearance | null {
    const clearance = this.#clearance;
    return clearance !== null && clearance.expiresAt > this.parts.clock.monotonic() ? clearance : null;
  }

  async #askForClearance(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const { epoch, reason } = this.#circuit.state;
    const asked = { ...this.way, reason: reason ?? '', signal: this.#circuit.closed };
    const given = await this.parts.desk.obtain(asked).catch(() => null);
    this.#asking = false;
    if (given === null) return;
    await this.#circuit.run(async () => {
      // What the operator said meanwhile is newer.
      const { condition, epoch: current } = this.#circuit.state;
      const isStillAsked = condition === 'challenged' && current >= epoch;
      if (isStillAsked && !this.#circuit.closed.aborted) await this.supply(given);
    });
  }
}
