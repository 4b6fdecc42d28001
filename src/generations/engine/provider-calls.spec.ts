import type { PooledToken } from 'penstock/token-cache';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

const never = new Promise<never>(() => undefined);

describe('ProviderCalls', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken();
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  it('gives the provider its token and opened secret, and hands on the result', async () => {
    const seen = await engine.calls.run({ tokenId, operation: 'poll' }, async (_provider, context) => [
      context.token.id,
      context.secret,
    ]);
    expect(seen).toEqual([tokenId, `secret of ${tokenId}`]);
    expect(engine.clock.pendingTimers).toBe(0);
  });

  it('aborts the context with the call, and waits no longer for a deaf provider', async () => {
    let signal: AbortSignal | undefined;
    const call = { tokenId, operation: 'submit', timeoutMs: 500 };
    const run = engine.calls.run(call, (_provider, context) => {
      ({ signal } = context);
      return never;
    });
    const failed = expect(run).rejects.toThrow('submit took over 500 ms');
    await engine.pass(1_500);
    await failed;
    expect(signal?.aborted).toBe(true);
  });

  it('does not call with a token that is gone', async () => {
    await engine.tokens.delete(tokenId);
    let isCalled = false;
    const run = engine.calls.run({ tokenId, operation: 'poll' }, async () => {
      isCalled = true;
    });
    await expect(run).rejects.toMatchObject({ code: 'token_gone', category: 'conflict' });
    expect(isCalled).toBe(false);
  });

  it.each<[string, Partial<PooledToken>, Partial<PooledToken>, RegExp | null]>([
    ['cools since then', {}, { coolingUntil: 9, coolingReason: 'Slow down.' }, /: Slow down\.$/],
    ['cools for longer', { coolingUntil: 8 }, { coolingUntil: 9, coolingReason: null }, /left alone/],
    ['cooled already', { coolingUntil: 9 }, { coolingUntil: 9 }, null],
    ['cools no longer', { coolingUntil: 9 }, { coolingUntil: null }, null],
    ['went off', {}, { enabled: false, disabledReason: 'Refused.' }, /: Refused\.$/],
    ['was off already', { enabled: false }, { enabled: false }, null],
    ['is as it was', {}, {}, null],
  ])('knows whether a token that %s may be used with its lease', (_what, before, after, expected) => {
    const present = engine.cache.get(tokenId);
    if (present === undefined) throw new Error('The token is not in the pool.');
    engine.cache.put({ ...present, ...after });
    const stopped = engine.calls.stoppedSince({ ...present, ...before });
    if (expected === null) expect(stopped).toBeNull();
    else expect(stopped?.message).toMatch(expected);
  });

  it('calls it transient when the secret does not open: nothing was sent', async () => {
    const other = await world.addToken(1, { sealedSecret: 'v1:test:AAAA' });
    await engine.cache.refresh();
    await expect(engine.calls.run({ tokenId: other, operation: 'poll' }, () => never)).rejects.toMatchObject({
      failure: { kind: 'transient' },
      message: expect.stringContaining(`Token ${other} (${other}) cannot be used`) as string,
    });
  });

  it('names the upstream by provider and base URL', async () => {
    expect(engine.calls.upstreamScope(tokenId)).toBe('acme https://stub.example');
    const other = await world.addToken(1, { baseUrl: 'https://eu.example/v1' });
    await engine.cache.refresh();
    expect(engine.calls.upstreamScope(other)).toBe('acme https://eu.example/v1');
    expect(engine.calls.provider(other)).toBe(engine.registry.get('acme').provider);
  });
});
