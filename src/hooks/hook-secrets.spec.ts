import { Logger } from '@nestjs/common';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SecretBox } from '../secrets/index.js';
import { HookSecretRow } from './hook-secret.entity.js';
import { HookSecrets } from './hook-secrets.js';
import { hookMigrations } from './migrations/index.js';

const boxOf = (id: string): SecretBox => new SecretBox([{ id, key: Buffer.alloc(32, id) }]);

describe('HookSecrets', () => {
  let source: PooledSqliteDataSource;
  beforeEach(async () => {
    source = new PooledSqliteDataSource({
      path: ':memory:',
      entities: [HookSecretRow],
      migrations: [...hookMigrations],
    });
    await source.initialize();
  });
  afterEach(() => source.destroy());

  async function start(box = boxOf('a')): Promise<HookSecrets> {
    const secrets = new HookSecrets(new DatabasePool(source), box, new ManualClock());
    await secrets.onModuleInit();
    return secrets;
  }
  const rows = () => source.getRepository(HookSecretRow).find();

  it('has none at first, and keeps what is set over a restart, sealed', async () => {
    const secrets = await start();
    expect(secrets.of('acme')).toEqual([]);
    await secrets.set('acme', ['whsec_one', 'whsec_two']);
    await secrets.set('acme', ['whsec_three']);
    await secrets.set('other', ['whsec_four']);
    expect((await start()).of('acme')).toEqual(['whsec_three']);
    expect(JSON.stringify(await rows())).not.toContain('whsec_');
  });

  it('forgets what is removed', async () => {
    const secrets = await start();
    await secrets.set('acme', ['whsec_one']);
    expect(await secrets.remove('acme')).toBe(true);
    expect(await secrets.remove('acme')).toBe(false);
    expect(secrets.of('acme')).toEqual([]);
    expect((await start()).of('acme')).toEqual([]);
  });

  it('says so when secrets do not open any more, and starts without them', async () => {
    await (await start()).set('acme', ['whsec_one']);
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const secrets = await start(boxOf('b'));
    expect(secrets.of('acme')).toEqual([]);
    expect(error.mock.calls[0]?.[1]).toContain('do not open');
    error.mockRestore();
  });

  it('opens secrets for their provider only', async () => {
    await (await start()).set('acme', ['whsec_one']);
    await source.getRepository(HookSecretRow).update({ provider: 'acme' }, { provider: 'other' });
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect((await start()).of('other')).toEqual([]);
    error.mockRestore();
  });
});
