import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { CounterModule } from '../../examples/plugin-counter/index.js';
import { createHttpAdapter, loadConfig, PenstockModule, setupOpenApi } from '../../src/index.js';
import { ADMIN_KEY } from '../support/gateway-process.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-embedded-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('runs as a module of somebody else’s application, with a plugin of theirs', async () => {
  const config = loadConfig({ PENSTOCK_DATA_DIR: folder, PENSTOCK_ADMIN_KEY: ADMIN_KEY, LOG_LEVEL: 'fatal' });

  @Module({ imports: [PenstockModule.forRoot({ config, plugins: [CounterModule] })] })
  class TheirModule {}

  const testing = await Test.createTestingModule({ imports: [TheirModule] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(createHttpAdapter());
  setupOpenApi(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const read = async (url: string): Promise<unknown> =>
    (await app.inject({ url, headers: { authorization: `Bearer ${ADMIN_KEY}` } })).json();

  expect(await read('/v1/models')).toMatchObject({ data: [{ owned_by: 'counter', kind: 'image' }] });
  expect(await read('/openapi.json')).toHaveProperty('paths./v1/generations.post');
  await app.close();
});

it('takes its configuration from the environment when none is given', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { PORT: 'none', PENSTOCK_DATA_DIR: folder });
  try {
    await expect(PenstockModule.forRoot({ plugins: [CounterModule] })).rejects.toThrow(
      'PORT: got "none"; expected an integer from 0 to 65535.',
    );
    process.env['PORT'] = '0';
    await expect(PenstockModule.forRoot({ plugins: [CounterModule] })).resolves.toMatchObject({
      module: PenstockModule,
    });
  } finally {
    process.env = before;
  }
});
