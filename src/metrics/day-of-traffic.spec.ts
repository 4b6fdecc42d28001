import { AppMetrics } from 'penstock/metrics';
import { lintExposition, parseExposition } from 'penstock/metrics/testing';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { GENERATION_CHANGED } from '../generations/generation-events.js';
import type { Generation } from '../generations/generation.entity.js';
import { TestEngine } from '../generations/testing/test-engine.js';
import { TestWorld } from '../generations/testing/test-world.js';
import { GenerationMetrics } from './generation-metrics.js';
import { TokenMetrics } from './token-metrics.js';

const HOUR_MS = 3_600_000;
const TOKENS = 40;
/** Series without buckets: 1 provider, 1 end, 5 states, 3 phases, and a few kinds of failures. */
const MOST_SERIES = 60;

let world: TestWorld;
let engine: TestEngine;
let registry: Registry;

beforeEach(async () => {
  world = await TestWorld.create();
  for (let n = 0; n < TOKENS; n += 1) await world.addToken(2);
  engine = await TestEngine.start(world);
  registry = new Registry();
  const metrics = new AppMetrics(registry);
  const generations = new GenerationMetrics(metrics);
  engine.emitter.on(GENERATION_CHANGED, (generation: Generation) => {
    generations.count(generation);
  });
  new TokenMetrics(metrics, engine.cache, engine.incidents, engine.clock);
});
afterEach(() => world.end());

/** One submission is refused, so that a token cools; all are made in the end. */
async function oneHour(hour: number): Promise<void> {
  world.upstream.submissions.push({ answer: { kind: 'rate_limited', retryAfterMs: 1_000 } });
  for (let n = 0; n < 8; n += 1) await engine.create({ prompt: `${String(hour)} ${String(n)}` });
  await engine.pass(20_000, 1_000);
  await engine.pass(HOUR_MS - 20_000, HOUR_MS / 4);
}

it('a day with many tokens and generations makes no more series than its first hours', async () => {
  const scrape = async () => parseExposition(await registry.metrics());
  const seriesOf = ({ samples }: Awaited<ReturnType<typeof scrape>>) =>
    samples
      .filter(({ labels }) => !('le' in labels))
      .map(({ name, labels }) => name + JSON.stringify(labels));
  for (let hour = 0; hour < 4; hour += 1) await oneHour(hour);
  const first = seriesOf(await scrape()).sort();
  for (let hour = 4; hour < 24; hour += 1) await oneHour(hour);
  const last = await scrape();
  expect(seriesOf(last).sort()).toEqual(first);
  expect(first.length).toBeLessThanOrEqual(MOST_SERIES);
  expect(lintExposition(last)).toEqual([]);

  expect(last.value('penstock_generations_created_total')).toBe(24 * 8);
  expect(last.value('penstock_generations_ended_total', { status: 'completed' })).toBe(24 * 8);
  expect(last.value('penstock_token_cooldowns_total', { reason: 'rate_limited' })).toBe(24);
  for (const phase of ['queued', 'submitting', 'generating']) {
    expect(last.value('penstock_generation_phase_seconds_count', { phase, provider: 'acme' })).toBe(24 * 8);
  }
  const texts = JSON.stringify(last.samples);
  expect(texts).not.toMatch(/tok_|gen_|video_/);
  const states = last.samples.filter(({ name }) => name === 'penstock_tokens');
  expect(states.reduce((sum, { value }) => sum + value, 0)).toBe(TOKENS);
}, 60_000);
