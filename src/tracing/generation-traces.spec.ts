import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from '../generations/generation.entity.js';
import { GenerationFactory } from '../generations/generation.factory.js';
import { GenerationTraces } from './generation-traces.js';
import { generationSpanOf } from './span-reference.js';
import { KeptSpans } from './testing/kept-spans.js';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const REQUEST = {
  kind: 'video',
  model: 'sora-2',
  provider: null,
  prompt: 'a cat',
  parameters: {},
  reference: null,
  metadata: {},
  idempotencyKey: null,
  remixOf: null,
};

describe('GenerationTraces', () => {
  let clock: ManualClock;
  let spans: KeptSpans;
  let traces: GenerationTraces;
  let generation: Generation;

  beforeEach(() => {
    clock = new ManualClock();
    spans = new KeptSpans();
    traces = new GenerationTraces(clock, spans);
    generation = { ...new GenerationFactory(clock).create(REQUEST, 'key_1'), traceparent: TRACEPARENT };
  });
  const change = (patch: Partial<Generation>): void => {
    generation = { ...generation, ...patch, revision: generation.revision + 1 };
    traces.changed(generation);
  };
  const after = async (ms: number, patch: () => Partial<Generation>): Promise<void> => {
    await clock.advance(ms);
    change(patch());
  };
  const end = (status: 'completed' | 'failed', more: Partial<Generation> = {}) =>
    after(3_000, () => ({ status, completedAt: clock.now(), ...more }));

  it('records each phase as it ends, and the whole life in the end', async () => {
    const begun = clock.now();
    traces.changed(generation);
    await after(1_000, () => ({ status: 'submitting', attemptedAt: clock.now() }));
    await after(500, () => ({ status: 'in_progress', startedAt: clock.now() }));
    await after(2_000, () => ({ progress: 40 }));
    await end('completed');
    expect(spans.times()).toEqual([
      ['queued', begun, begun + 1_000],
      ['submitting', begun + 1_000, begun + 1_500],
      ['in_progress', begun + 1_500, begun + 6_500],
      ['generate video', begun, begun + 6_500],
    ]);
    const life = generationSpanOf(generation);
    expect(spans.spans.slice(0, 3).map(({ parent }) => parent)).toEqual([life, life, life]);
    expect(spans.spans[3]).toMatchObject({ span: life, parent: { spanId: 'b'.repeat(16) }, error: null });
  });

  it('records every time that it had to wait', async () => {
    traces.changed(generation);
    await after(1_000, () => ({ status: 'submitting', attemptedAt: clock.now() }));
    await after(100, () => ({ status: 'queued' }));
    await after(200, () => ({ cancelRequested: true }));
    await after(300, () => ({ status: 'submitting', attemptedAt: clock.now() }));
    expect(spans.times().map(([name, from, to]) => [name, to - from])).toEqual([
      ['queued', 1_000],
      ['submitting', 100],
      ['queued', 500],
    ]);
  });

  it('goes on after a restart with what the row tells', async () => {
    await clock.advance(1_000);
    generation = { ...generation, status: 'in_progress', attemptedAt: 1, startedAt: clock.now() };
    await end('failed', { errorCode: 'deadline_exceeded', errorMessage: 'what the upstream said' });
    expect(spans.spans.map(({ name, durationMs }) => [name, durationMs])).toEqual([
      ['in_progress', 3_000],
      ['generate video', 4_000],
    ]);
    expect(spans.spans[1]?.error).toBe('deadline_exceeded');
    expect(JSON.stringify(spans.spans)).not.toMatch(/a cat|what the upstream said/);
  });

  it.each([
    [{ status: 'submitting', attemptedAt: 1 }, 'submitting'],
    [{ status: 'queued' }, 'queued'],
  ] as const)('knows of %j what ended after a restart', async (row, phase) => {
    generation = { ...generation, ...row };
    await end('failed');
    expect(spans.spans.map(({ name }) => name)).toEqual([phase, 'generate video']);
  });

  it('takes no notice of those that are not traced', async () => {
    generation = { ...generation, traceparent: null };
    traces.changed(generation);
    await end('completed');
    expect(spans.spans).toEqual([]);
    const off = new GenerationTraces(clock, null);
    off.changed({ ...generation, traceparent: TRACEPARENT });
  });
});
