import { Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { ClearanceSource, type ClearanceGiver, type ClearanceQuestion } from 'penstock/plugin-api';
import { beforeEach, describe, expect, it } from 'vitest';

import { BoundedCalls } from '../providers/index.js';
import { ClearanceSources } from './clearance-sources.js';

type Answer = Awaited<ReturnType<ClearanceGiver['clearanceFor']>>;
type Give = (question: ClearanceQuestion) => Promise<Answer>;

const ORIGIN = 'https://api.acme.test';
const GIVEN = { headers: { 'cf-access-client-id': 'id' } };

let clock: ManualClock;
let first: Give;
let second: Give;
let asked: string[];

@ClearanceSource({ name: 'first', origins: [ORIGIN] })
class First implements ClearanceGiver {
  clearanceFor(question: ClearanceQuestion): Promise<Answer> {
    asked.push(`first ${question.origin}`);
    return first(question);
  }
}

@ClearanceSource()
class Second implements ClearanceGiver {
  clearanceFor(question: ClearanceQuestion): Promise<Answer> {
    asked.push(`second ${question.origin}`);
    return second(question);
  }
}

@ClearanceSource({ name: 'no-giver' })
class NoGiver {}

beforeEach(() => {
  clock = new ManualClock();
  asked = [];
  first = () => Promise.resolve(null);
  second = () => Promise.resolve(null);
});

async function sourcesOf(providers: readonly Type[] = [NoGiver, First, Second]): Promise<ClearanceSources> {
  @Module({ imports: [DiscoveryModule], providers: [...providers] })
  class PluginModule {}
  const parts = await Test.createTestingModule({
    imports: [DiscoveryModule, PluginModule],
    providers: [ClearanceSources, BoundedCalls, { provide: Clock, useValue: clock }],
  })
    .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
    .compile();
  return parts.get(ClearanceSources);
}

const ask = async (origin = ORIGIN, signal = new AbortController().signal) =>
  (await sourcesOf()).obtain({ origin, proxyUrl: null, reason: 'status 403', signal });

describe('ClearanceSources', () => {
  it('has nothing where nobody gives', async () => {
    const sources = await sourcesOf([NoGiver]);
    const { signal } = new AbortController();
    expect(await sources.obtain({ origin: ORIGIN, proxyUrl: null, reason: 'x', signal })).toBeNull();
  });

  it('takes the first clearance, with its source, and asks no further', async () => {
    let reason = '';
    first = (question) => {
      reason = question.reason;
      return Promise.resolve({ ...GIVEN, ttlMs: 5_000 });
    };
    expect(await ask()).toEqual({ ...GIVEN, cookies: {}, source: 'first', ttlMs: 5_000 });
    expect([asked, reason]).toEqual([[`first ${ORIGIN}`], 'status 403']);
  });

  it('asks the next one when one has none; its name is that of its class', async () => {
    second = () => Promise.resolve({ cookies: { cf_clearance: 'x' } });
    expect(await ask()).toEqual({ headers: {}, cookies: { cf_clearance: 'x' }, source: 'Second' });
    expect(asked).toEqual([`first ${ORIGIN}`, `second ${ORIGIN}`]);
  });

  it('asks only those that are for the origin', async () => {
    expect(await ask('https://other.test')).toBeNull();
    expect(asked).toEqual(['second https://other.test']);
  });

  it.each<[string, Give]>([
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'throws at once',
      () => {
        throw new Error('secret');
      },
    ],
    ['gives a header that cannot be sent', () => Promise.resolve({ headers: { 'bad name': 'x' } })],
    ['gives a value with a line break', () => Promise.resolve({ headers: { a: 'x\r\nb: y' } })],
    ['gives nothing in it', () => Promise.resolve({})],
    ['gives a time to live of 0', () => Promise.resolve({ ...GIVEN, ttlMs: 0 })],
    ['gives a time to live that is no number', () => Promise.resolve({ ...GIVEN, ttlMs: Number.NaN })],
  ])('goes on to the next one when one %s', async (_what, give) => {
    first = give;
    second = () => Promise.resolve(GIVEN);
    expect(await ask()).toMatchObject({ source: 'Second' });
  });

  it('goes on when one hangs: after 30 s, and a second more to end by itself', async () => {
    let signal: AbortSignal | undefined;
    const began = new Promise<void>((begin) => {
      first = (question) => {
        signal = question.signal;
        begin();
        return new Promise(() => undefined);
      };
    });
    second = () => Promise.resolve(GIVEN);
    const answer = ask();
    await began;
    await clock.advance(29_999);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(signal?.aborted).toBe(true);
    await clock.advance(1_000);
    expect(await answer).toMatchObject({ source: 'Second' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells a source that the caller went away', async () => {
    const caller = new AbortController();
    first = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('stopped'));
        });
        caller.abort();
      });
    expect(await ask(ORIGIN, caller.signal)).toBeNull();
  });
});
