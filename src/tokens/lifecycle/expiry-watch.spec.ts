import { SettingsEditor } from 'penstock/settings';
import { beforeEach, describe, expect, it } from 'vitest';

import { startRenewableApp, type RenewableApp } from '../testing/renewable-app.js';
import type { Token } from '../token.entity.js';
import { ExpiryWatch } from './expiry-watch.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('ExpiryWatch', () => {
  let app: RenewableApp;
  let watch: ExpiryWatch;

  beforeEach(async () => {
    app = await startRenewableApp();
    watch = app.test.app.get(ExpiryWatch);
    app.upstream.on('POST /oauth/token', ({ text }) => {
      const sent = new URLSearchParams(text).get('refresh_token') ?? '';
      return { json: { access_token: `access of ${sent}`, expires_in: 48 * 3_600 } };
    });
  });

  /** A token whose credential and refresh secret are named after it. */
  const add = (name: string, expiresInMs: number | null, changes: object = {}): Promise<Token> => {
    const at = app.test.clock.now() + (expiresInMs ?? 0);
    const expiresAt = expiresInMs === null ? null : new Date(at).toISOString();
    return app.add({ label: name, secret: `at-${name}`, refreshSecret: `rt-${name}`, expiresAt, ...changes });
  };
  const asked = (): string[] =>
    app.upstream
      .received('POST /oauth/token')
      .map(({ text }) => new URLSearchParams(text).get('refresh_token') ?? '')
      .sort();

  it('renews what expires within 24 hours, and what has expired, but not what lasts', async () => {
    await add('soon', 23 * HOUR);
    await add('over', -HOUR);
    await add('lasts', 25 * HOUR);
    await add('forever', null);
    await add('alone', HOUR, { refreshSecret: null });
    const { id } = await add('off', HOUR);
    await app.test.request('POST', `/admin/tokens/${id}/disable`);
    await watch.look();
    expect(asked()).toEqual(['rt-over', 'rt-soon']);
    await watch.look();
    expect(asked()).toEqual(['rt-over', 'rt-soon']);
    await app.test.clock.advance(2 * HOUR);
    await watch.look();
    expect(asked()).toEqual(['rt-lasts', 'rt-over', 'rt-soon']);
  });

  it('tries again at growing pauses of at most 6 hours while the token serves on', async () => {
    const { id } = await add('refused', 20 * HOUR);
    app.upstream.on('POST /oauth/token', { status: 400, json: { error: 'invalid_grant' } });
    const at: number[] = [];
    for (let minute = 0; minute <= 20 * 60; minute += 5) {
      const before = asked().length;
      await watch.look();
      if (asked().length > before) at.push(minute);
      if (minute < 19 * 60) expect((await app.store.get(id)).enabled).toBe(true);
      await app.test.clock.advance(5 * MINUTE);
    }
    const pauses = at.map((minute, index) => minute - (at[index - 1] ?? 0));
    expect(pauses).toEqual([0, 5, 10, 20, 40, 80, 160, 320, 360]);
  });

  it('renews as early, and tries again as often, as the settings say', async () => {
    const set = { aheadMs: HOUR, longestPauseMs: 10 * MINUTE };
    await app.test.app.get(SettingsEditor).put('tokenRefresh', set, { expectedVersion: 0, by: 'key_1' });
    await add('later', 2 * HOUR);
    await watch.look();
    expect(asked()).toEqual([]);
    app.upstream.on('POST /oauth/token', { status: 400, json: { error: 'invalid_grant' } });
    await app.test.clock.advance(HOUR + MINUTE);
    for (const tries of [1, 2, 3, 4]) {
      await watch.look();
      expect(asked()).toHaveLength(tries);
      await app.test.clock.advance(10 * MINUTE);
    }
  });

  it('renews credentials that live for an hour once in half of that, not at each look', async () => {
    await add('short', HOUR);
    app.upstream.on('POST /oauth/token', { json: { access_token: 'short-lived', expires_in: 3_600 } });
    const at: number[] = [];
    for (let minute = 0; minute <= 120; minute += 5) {
      const before = asked().length;
      await watch.look();
      if (asked().length > before) at.push(minute);
      await app.test.clock.advance(5 * MINUTE);
    }
    expect(at).toEqual([0, 30, 60, 90, 120]);
  });

  it('renews at most five at once, and one that hangs does not keep the others waiting for ever', async () => {
    for (let n = 0; n < 7; n += 1) await add(`t${String(n)}`, HOUR);
    app.upstream.on('POST /oauth/token', { fault: 'hang' });
    const look = watch.look();
    await expect.poll(() => app.upstream.hanging).toBe(5);
    expect(asked()).toHaveLength(5);
    await app.test.clock.advance(30_000);
    await expect.poll(asked).toHaveLength(7);
    await app.test.clock.advance(30_000);
    await look;
  });

  it('renews in time by the wall clock, also after that was set wrong and right again', async () => {
    await add('soon', HOUR);
    app.test.clock.jump(-48 * HOUR);
    await watch.look();
    expect(asked()).toEqual([]);
    app.test.clock.jump(48 * HOUR);
    await watch.look();
    expect(asked()).toEqual(['rt-soon']);
  });
});
