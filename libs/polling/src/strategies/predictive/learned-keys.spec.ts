import { describe, expect, it } from 'vitest';

import type { PollTraits } from '../../ports/polling-strategy.js';
import { LearnedKeys } from './learned-keys.js';

const someKeys = (maxKeys = 10): LearnedKeys =>
  new LearnedKeys({ maxKeys, memory: { long: 100, short: 12 } });
const video = (changes: Partial<PollTraits> = {}): PollTraits => ({
  kind: 'video',
  provider: 'acme',
  model: 'm',
  size: '720p',
  duration: '4',
  ...changes,
});

function learn(keys: LearnedKeys, traits: PollTraits, now = 1_000): void {
  const ladder = keys.ladder(traits);
  ladder.learnProgress([{ band: 3, wrong: 0.1, error: 0.2 }]);
  ladder.learnDuration(9_000, 10_000, now);
  keys.changed(ladder);
}

describe('LearnedKeys', () => {
  it('teaches a generation to its key and to the coarser ones, each once', () => {
    const keys = someKeys();
    learn(keys, video());
    learn(keys, video({ size: '1080p' }));
    learn(keys, { kind: 'image' });
    const all = { provider: null, model: null, size: null, duration: null };
    const acme = { kind: 'video', provider: 'acme' };
    expect(keys.models()).toMatchObject([
      { ...all, kind: 'image', jobs: 1 },
      { ...all, ...acme, jobs: 2 },
      { ...all, ...acme, model: 'm', jobs: 2 },
      { ...acme, model: 'm', size: '1080p', duration: '4', jobs: 1 },
      { ...acme, model: 'm', size: '720p', duration: '4', jobs: 1 },
    ]);
    expect(keys.models()[0]).toMatchObject({ progressTrusted: false, lastSeenAt: 1_000 });
    for (let job = 0; job < 5; job += 1) learn(keys, { kind: 'image' }, 2_000 + job);
    expect(keys.models()[0]).toMatchObject({ progressTrusted: true, lastSeenAt: 2_004 });
  });

  it('holds no more keys than it may, drops those unused for longest, and says so', () => {
    const keys = someKeys(5);
    for (let size = 0; size < 50; size += 1) learn(keys, video({ size: String(size) }));
    expect(keys.size).toBe(5);
    expect(
      keys
        .models()
        .filter(({ size }) => size !== null)
        .map(({ size }) => size),
    ).toEqual(['49', '48', '47']);
    const { changed, removed } = keys.takeChanges();
    expect(changed).toHaveLength(5);
    expect(removed).toHaveLength(47);
    expect(keys.ladder(video({ size: '49' })).keys).toHaveLength(3);
  });

  it('cuts long words, so that a key stays short', () => {
    const keys = someKeys();
    learn(keys, video({ model: 'x'.repeat(10_000), size: '\0\ud800'.repeat(10_000) }));
    expect(keys.models().at(-1)?.model).toHaveLength(64);
    for (const { key } of keys.takeChanges().changed) expect(key.length).toBeLessThanOrEqual(512);
  });

  it('gives an heir what it knows', () => {
    const [keys, heir] = [someKeys(), someKeys()];
    for (let job = 0; job < 150; job += 1) learn(keys, video({ size: String(job % 3) }), job);
    expect(heir.restore(keys.takeChanges().changed)).toEqual([]);
    const rounded = (of: LearnedKeys) =>
      of.models().map(({ quantilesMs, ...rest }) => ({ ...rest, p50: Math.round(quantilesMs.p50 / 10) }));
    expect(new Set(rounded(heir))).toEqual(new Set(rounded(keys)));
    expect(heir.takeChanges()).toEqual({ changed: [], removed: [] });
  });

  it('leaves out what it cannot read, names it, and has it removed', () => {
    const keys = someKeys();
    learn(keys, video());
    const [good, ...others] = keys.takeChanges().changed;
    if (good === undefined) throw new Error('Nothing was learned.');
    const broken = [
      { ...good, key: 'not json', state: good.state },
      { ...good, key: 'a', state: '{"v":1' },
      { ...good, key: 'b', state: good.state.replace('"v":1', '"v":2') },
      { ...good, key: 'c', state: good.state.replace('"jobs":1', '"jobs":-1') },
      { ...good, state: good.state.replace('"progress":[0', '"progress":[-4') },
      { ...good, key: 'd', state: good.state.replace('"long":[', '"long":[null,') },
    ];
    const heir = someKeys();
    const problems = heir.restore([...others, ...broken, good]);
    expect(problems).toHaveLength(broken.length);
    expect(problems[0]).toBe('not json has no state of this version that is sound.');
    expect(heir.models()).toHaveLength(3);
    const lost = broken.map(({ key }) => key).filter((key) => key !== good.key);
    expect(heir.takeChanges()).toEqual({ changed: [], removed: lost });
  });

  it('has what does not fit any more removed', () => {
    const keys = someKeys();
    for (const size of ['a', 'b', 'c', 'd']) learn(keys, video({ size }));
    const heir = someKeys(3);
    heir.restore(keys.takeChanges().changed);
    expect(heir.size).toBe(3);
    expect(heir.takeChanges().removed).toHaveLength(3);
  });

  it('drops no key that another one stands on', () => {
    const keys = someKeys(6);
    for (let job = 0; job < 40; job += 1) {
      learn(keys, video({ provider: `p${String(job % 3)}`, size: String(job % 5) }));
      const shown = keys.models();
      for (const { provider, model } of shown) {
        const coarser = shown.find((other) => other.provider === provider && other.model === null);
        expect(coarser?.jobs).toBeGreaterThanOrEqual(
          Math.max(
            ...shown
              .filter((other) => other.provider === provider && other.model === model)
              .map(({ jobs }) => jobs),
          ),
        );
      }
      expect(keys.size).toBeLessThanOrEqual(6);
    }
  });

  it('teaches what is dropped and used again anew', () => {
    const keys = someKeys(3);
    learn(keys, video());
    keys.takeChanges();
    learn(keys, video({ provider: 'other' }));
    learn(keys, video());
    const { changed, removed } = keys.takeChanges();
    expect(changed.map(({ key }) => key).filter((key) => removed.includes(key))).toEqual([]);
    expect(keys.models().every(({ jobs }) => jobs === 1)).toBe(true);
  });
});
