import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadConfig, PenstockConfigModule, type Environment } from '../config/index.js';

import { SecretBox } from './secret-box.js';
import { SecretsModule } from './secrets.module.js';

describe('SecretsModule', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'penstock-secrets-'));
  });

  afterEach(() => rm(dataDir, { recursive: true }));

  async function start(environment: Environment, warnings: string[] = []): Promise<SecretBox> {
    const app = await Test.createTestingModule({
      imports: [
        PenstockConfigModule.forRoot(loadConfig({ PENSTOCK_DATA_DIR: dataDir, ...environment })),
        SecretsModule,
      ],
    })
      .setLogger({
        log: () => undefined,
        error: () => undefined,
        warn: (line: string) => warnings.push(line),
      })
      .compile();
    return app.get(SecretBox);
  }

  it('announces a made key once, and opens after a restart what it sealed before', async () => {
    const warnings: string[] = [];
    const sealed = (await start({}, warnings)).seal('s', 'tok_1');
    expect((await start({}, warnings)).open(sealed, 'tok_1')).toBe('s');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(join(dataDir, 'secret.key'));
  });

  it('makes no file when the environment has a key', async () => {
    const box = await start({ PENSTOCK_SECRET_KEY: `mine:${'ab'.repeat(32)}` });
    expect(box.seal('s', 'tok_1')).toMatch(/^v1:mine:/);
    expect(await readdir(dataDir)).toEqual([]);
  });
});
