import { ManualClock } from 'penstock/kernel/testing';
import { ScriptedDesk, ScriptedProbe } from './scripted-edge.js';
import { afterEach, beforeEach, expect } from 'vitest';

import type { EdgeSnapshot, EdgeWay } from '../src/edge/edge-snapshot.js';
import { EdgeStates } from '../src/edge/edge-states.js';
import type { Passage } from '../src/edge/passage.js';

export const ORIGIN = 'https://api.test';
export const EVIDENCE = { reason: '403 with cf-mitigated: challenge', retryAfterMs: null };
export const GIVEN = { source: 'operator', headers: { 'CF-Access-Client-Id': 'id.access' } };

/** The direct way to an origin. */
export const way = (origin = ORIGIN, proxyUrl: string | null = null): EdgeWay => ({ origin, proxyUrl });

/** Edges with parts that the test drives, new ones for each test. */
export class EdgeWorld {
  clock = new ManualClock();
  probe = new ScriptedProbe();
  desk = new ScriptedDesk();
  edges = this.#make();
  changes: EdgeSnapshot[] = [];

  begin(): void {
    this.clock = new ManualClock();
    this.probe = new ScriptedProbe();
    this.desk = new ScriptedDesk();
    this.edges = this.#make();
    this.changes = [];
    this.edges.onChange((snapshot) => this.changes.push(snapshot));
  }

  /** What holds at the end of each test. */
  end(): void {
    this.edges.close();
    expect(this.clock.pendingTimers).toBe(0);
    expect(this.probe.mostAtOnce).toBeLessThanOrEqual(1);
    expect(this.desk.mostAtOnce).toBeLessThanOrEqual(1);
  }

  enter(origin = ORIGIN, signal: AbortSignal = new AbortController().signal): Promise<Passage> {
    return this.edges.enter(way(origin), signal);
  }

  async challenge(retryAfterMs: number | null = null): Promise<void> {
    await (await this.enter()).end({ ...EVIDENCE, retryAfterMs });
  }

  conditionOf(origin = ORIGIN): string | undefined {
    return this.edges.find(way(origin))?.condition;
  }

  #make(): EdgeStates {
    const { clock, probe, desk } = this;
    return new EdgeStates({ clock, probe, desk }, { probePauseMs: 10_000, longestProbePauseMs: 40_000 });
  }
}

/** An {@link EdgeWorld} for the tests of the file. */
export function edgeWorld(): EdgeWorld {
  const world = new EdgeWorld();
  beforeEach(() => {
    world.begin();
  });
  afterEach(() => {
    world.end();
  });
  return world;
}
