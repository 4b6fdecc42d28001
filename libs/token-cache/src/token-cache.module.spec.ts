import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aToken, FakeTokenSource } from '../testing/index.js';
import { TokenSource } from './ports/token-source.js';
import { TokenCache } from './token-cache.js';
import { TokenCacheModule } from './token-cache.module.js';

const clock = new ManualClock();

@Module({
  providers: [
    { provide: TokenSource, useFactory: () => new FakeTokenSource([aToken()]) },
    { provide: Clock, useValue: clock },
  ],
  exports: [TokenSource, Clock],
})
class SourceModule {}

describe('TokenCacheModule', () => {
  it('loads at start, refreshes by its TTL and leaves no timer', async () => {
    const imports = [TokenCacheModule.forRoot({ imports: [SourceModule], ttlMs: 500 })];
    const app = await Test.createTestingModule({ imports }).compile();
    await app.init();
    const source = app.get(TokenSource, { strict: false });
    expect(app.get(TokenCache).get('token-1')).toBeDefined();
    await clock.advance(500);
    expect(source).toMatchObject({ loads: 2 });
    await app.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes its options from a factory and can be global', async () => {
    const cache = TokenCacheModule.forRootAsync({
      imports: [SourceModule],
      isGlobal: true,
      useFactory: () => ({ ttlMs: 0 }),
    });
    expect(cache.global).toBe(true);
    await expect(Test.createTestingModule({ imports: [cache] }).compile()).rejects.toThrow(
      'ttlMs must be an integer >= 1, got 0',
    );
  });

  it('fails the start when the tokens cannot be loaded', async () => {
    const source = new FakeTokenSource();
    source.failure = new Error('no such table');
    const app = await Test.createTestingModule({
      imports: [TokenCacheModule.forRoot({ imports: [SourceModule] })],
    })
      .overrideProvider(TokenSource)
      .useValue(source)
      .compile();
    await expect(app.init()).rejects.toThrow('The tokens could not be loaded: no such table');
  });
});
