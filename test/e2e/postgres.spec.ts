import { readFile } from 'node:fs/promises';

import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { ADMIN_KEY } from '../support/gateway-process.js';
import { IN_FLIGHT, survivesAKill } from '../support/in-flight.js';
import { runGateway } from '../support/run-gateway.js';
import { QUICK, stage } from '../support/stage.js';

const SAMPLE = new URL('../../tools/upstream-simulator/media/sample.mp4', import.meta.url);

describePostgres('a gateway on PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;

  beforeEach(async () => {
    database = await PostgresDatabase.create(serverUrl);
  });

  afterEach(() => database.remove());

  const environment = () => ({ DATABASE_URL: database.url });

  it('creates, polls, completes and hands over the file', async () => {
    const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK }, environment());
    const { id } = await on.api.generate('a lighthouse at dusk');
    expect(await on.api.end(id)).toMatchObject({ status: 'completed', progress: 100, attempts: 1 });
    const answer = await fetch(`${on.api.url}/v1/generations/${id}/assets/0`, {
      headers: { authorization: `Bearer ${on.api.key}` },
    });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(await readFile(SAMPLE));
    expect(await database.query('SELECT id, status FROM generations')).toEqual([{ id, status: 'completed' }]);
    const { body } = await on.api.request('GET', '/health/ready');
    expect(body).toMatchObject({
      details: { database: { readers: { size: 5 }, writer: { size: 1 } } },
    });
  });

  it('finishes 50 generations that were in flight when it was killed, each submitted once', async () => {
    await survivesAKill(await stage(IN_FLIGHT, environment()));
  });

  it('refuses a second gateway on its database, which disturbs nothing', async () => {
    const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK }, environment());
    const second = await runGateway({
      ...environment(),
      PORT: '0',
      PENSTOCK_DATA_DIR: on.dataDir,
      PENSTOCK_ADMIN_KEY: ADMIN_KEY,
    });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/Another process works on the database at 127\.0\.0\.1:\d+\/test_\w+\./);
    expect((await on.api.end((await on.api.generate('undisturbed')).id)).status).toBe('completed');
  });

  it('does not start without the server, and never shows the password', async () => {
    const url = new URL(database.url);
    url.port = '1';
    const end = await runGateway({ DATABASE_URL: url.href, PORT: '0' });
    expect(end.code).toBe(1);
    expect(end.stderr).toContain('PostgreSQL at 127.0.0.1:1/');
    const hidden = [url.password, decodeURIComponent(url.password)];
    for (const secret of hidden) expect(end.stdout + end.stderr).not.toContain(secret);
  });
});
