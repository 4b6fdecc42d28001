import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataSource } from 'typeorm';
import { expect, it, onTestFinished, vi } from 'vitest';

import { createPenstock } from '../../src/index.js';
import { startSimulator } from '../../tools/upstream-simulator/index.js';
import { ApiClient } from '../support/api-client.js';
import { ADMIN_KEY } from '../support/gateway-process.js';
import { QUICK } from '../support/stage.js';

it('no generation, from its request to its file, reads settings from the database', async () => {
  const simulator = await startSimulator({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  const dataDir = await mkdtemp(join(tmpdir(), 'penstock-settings-'));
  const penstock = await createPenstock({
    environment: { PORT: '0', PENSTOCK_DATA_DIR: dataDir, PENSTOCK_ADMIN_KEY: ADMIN_KEY, LOG_LEVEL: 'fatal' },
    // The refresh in the background reads them, so it must not come in between.
    settings: { refreshMs: 24 * 3_600_000 },
  });
  onTestFinished(async () => {
    await penstock.app.close();
    await simulator.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const api = new ApiClient(await penstock.start());
  await api.addToken('sk-one', simulator.baseUrl);

  const statements: string[] = [];
  vi.spyOn(penstock.app.get(DataSource).logger, 'logQuery').mockImplementation((sql) => {
    statements.push(sql);
  });
  const made = await Promise.all(Array.from({ length: 10 }, (_, n) => api.generate(`one of ${String(n)}`)));
  for (const { id } of made) {
    expect((await api.end(id)).status).toBe('completed');
    expect((await api.request('GET', `/v1/generations/${id}/assets/0`)).status).toBe(200);
  }

  expect(statements.filter((sql) => sql.includes('"generations"')).length).toBeGreaterThan(made.length);
  expect(statements.filter((sql) => sql.includes('settings'))).toEqual([]);
});
