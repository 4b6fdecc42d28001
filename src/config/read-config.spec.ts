import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ConfigError } from './config.errors.js';
import { PenstockConfigModule } from './config.module.js';
import { PenstockConfig } from './penstock-config.js';
import { readConfig } from './read-config.js';

describe('readConfig', () => {
  const home = process.cwd();
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-config-'));
    await writeFile(join(folder, '.env'), 'LOG_LEVEL=trace\nPENSTOCK_PLUGINS=from-file\n');
    process.chdir(folder);
  });

  afterEach(async () => {
    process.chdir(home);
    delete process.env['LOG_LEVEL'];
    delete process.env['PENSTOCK_PLUGINS'];
    await rm(folder, { recursive: true });
  });

  it('takes what it is given, and then nothing else', async () => {
    expect(await readConfig({ PORT: '9000' })).toMatchObject({ port: 9000, logLevel: 'info', plugins: [] });
    await expect(readConfig({ PORT: 'no' })).rejects.toBeInstanceOf(ConfigError);
  });

  it('otherwise takes the environment of the process, and a file .env for what that leaves out', async () => {
    process.env['LOG_LEVEL'] = 'warn';
    expect(await readConfig()).toMatchObject({ logLevel: 'warn', plugins: ['from-file'] });
  });
});

describe('PenstockConfigModule', () => {
  it('provides the configuration by its class', async () => {
    const config = await readConfig({ PORT: '9000' });
    const app = await Test.createTestingModule({ imports: [PenstockConfigModule.forRoot(config)] }).compile();
    expect(app.get(PenstockConfig)).toBe(config);
  });
});
