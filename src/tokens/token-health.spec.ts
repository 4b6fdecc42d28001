import { DatabasePool } from 'penstock/database';
import { describe, expect, it } from 'vitest';

import { TokensApp } from './testing/tokens-app.js';
import { Token } from './token.entity.js';
import { tokenTestSchema } from './tokens.schemas.js';

describe('the health of tokens', () => {
  const on = new TokensApp();
  const { patch, act, read, pooled, health, make } = on;

  it('turns tokens off and on, with the reason', async () => {
    const { id } = await make();
    const off = await on.test.request('POST', `/admin/tokens/${id}/disable`, { body: { reason: 'billing' } });
    expect(off).toMatchObject({
      status: 200,
      body: { state: 'disabled', reason: 'billing', disabledBy: 'operator' },
    });
    expect(pooled(id)?.enabled).toBe(false);
    expect((await act(id, 'enable')).body).toMatchObject({ state: 'ready', reason: null, disabledBy: null });
    expect((await act(id, 'disable')).body).toMatchObject({ reason: 'Turned off by an operator.' });
    expect((await act('tok_none', 'enable')).status).toBe(404);
  });

  it('is turned off by errors in a row, of which reports at once lose none', async () => {
    const { id } = await make();
    await Promise.all(Array.from({ length: 3 }, () => health().report(id, { kind: 'ambiguous' })));
    expect(await read(id)).toMatchObject({
      state: 'disabled',
      disabledBy: 'machine',
      reason: '3 errors in a row, the last one ambiguous.',
    });
    expect(
      on.test.logged.filter((line) => line.includes(`Token ${id} (team-a) was turned off.`)),
    ).toHaveLength(1);
  });

  it('forgets errors after a success, also the first of this process', async () => {
    const { id } = await make();
    const error = () => health().report(id, { kind: 'transient', retryAfterMs: null });
    await error();
    await error();
    await health().report(id, { kind: 'success' });
    await error();
    await error();
    expect(await read(id)).toMatchObject({
      state: 'ready',
      counters: { consecutiveErrors: 2, submitted: 1 },
    });
  });

  it('leaves a token alone for as long as the upstream says', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'rate_limited', retryAfterMs: 9_000 });
    const until = new Date(on.test.clock.now() + 9_000).toISOString();
    expect(await read(id)).toMatchObject({
      state: 'cooling',
      reason: 'The upstream limits its rate.',
      coolingUntil: until,
    });
    await on.test.clock.advance(9_000);
    expect((await read(id)).state).toBe('ready');
  });

  it('passes over reports of tokens that are gone', async () => {
    await expect(health().report('tok_none', { kind: 'success' })).resolves.toBeUndefined();
    await expect(health().report('tok_none', { kind: 'unauthorized' })).resolves.toBeUndefined();
  });

  it('counts behind, and shows what is not written yet', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'success' });
    health().finished(id, 'completed');
    health().finished(id, 'failed');
    const counted = { submitted: 1, completed: 1, failed: 1 };
    const usedAt = new Date(on.test.clock.now()).toISOString();
    expect(await read(id)).toMatchObject({ counters: counted, lastUsedAt: usedAt });
    const stored = () => on.test.app.get(DatabasePool).read((manager) => manager.findOneBy(Token, { id }));
    expect(await stored()).toMatchObject({ submitted: 0 });
    await on.test.clock.advance(5_000);
    await expect.poll(stored).toMatchObject(counted);
    expect(await read(id)).toMatchObject({ counters: counted, lastUsedAt: usedAt });
  });

  it.each([
    ['good', true, 'account 7', 'ready', null],
    ['bad', false, 'revoked', 'disabled', 'The upstream does not accept the credential.'],
    ['refused', false, 'GET /me answered 401.', 'disabled', 'The upstream does not accept the credential.'],
    ['limited', null, 'Slow down.', 'cooling', 'The upstream limits its rate.'],
    ['unwell', null, 'GET /me answered 503.', 'ready', null],
    ['clumsy', null, '"Bearer [redacted]" is no header value', 'ready', null],
  ])('tests a %s token', async (secret, ...[valid, detail, state, reason]) => {
    const { id } = await make({ secret });
    const tested = tokenTestSchema.parse((await act(id, 'test')).body);
    expect(tested).toMatchObject({ valid, detail, token: { state, reason } });
    // What was counted is written; a call would still be timed.
    await on.test.clock.advance(5_000);
    expect(on.test.clock.pendingTimers).toBe(1);
  });

  it('does not wait for a plugin that never ends', async () => {
    const { id } = await make({ secret: 'hanging' });
    const answer = act(id, 'test');
    while (on.test.clock.pendingTimers < 2) await new Promise((resolve) => setImmediate(resolve));
    await on.test.clock.advance(31_000);
    expect((await answer).body).toMatchObject({ valid: null, detail: 'verify took over 30000 ms' });
  });

  it('turns a token on again that works, unless a person turned it off', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'unauthorized' });
    expect((await read(id)).state).toBe('disabled');
    expect((await act(id, 'test')).body).toMatchObject({ token: { state: 'ready', disabledBy: null } });
    await act(id, 'disable');
    expect((await act(id, 'test')).body).toMatchObject({
      valid: true,
      token: { state: 'disabled', disabledBy: 'operator' },
    });
  });

  it('turns a token on again that gets a new secret, unless a person turned it off', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'unauthorized' });
    expect((await patch(id, { label: 'still bad' })).body).toMatchObject({ state: 'disabled' });
    expect((await patch(id, { secret: 'good-1' })).body).toMatchObject({ state: 'ready' });
    await act(id, 'disable');
    expect((await patch(id, { secret: 'good-2' })).body).toMatchObject({
      state: 'disabled',
      disabledBy: 'operator',
    });
  });
});
