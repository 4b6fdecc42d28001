import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataSource, type Logger } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { createPenstock, type Penstock } from '../../src/index.js';
import { startSimulator, type Simulator } from '../../tools/upstream-simulator/index.js';
import { ApiClient } from '../support/api-client.js';
import { ADMIN_KEY } from '../support/gateway-process.js';

/** Keeps every statement that any part of the gateway sends through the pool. */
class Statements implements Logger {
  readonly sent: string[] = [];

  logQuery(query: string): void {
    this.sent.push(query);
  }

  logQueryError(): void {
    // Sent before.
  }

  logQuerySlow(): void {
    // Sent before.
  }

  logSchemaBuild(): void {
    // Not of interest.
  }

  logMigration(): void {
    // Not of interest.
  }

  log(): void {
    // Not of interest.
  }
}

const READERS = 5;
const statements = new Statements();
let folder: string;
let simulator: Simulator;
let penstock: Penstock;
let api: ApiClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-reads-'));
  simulator = await startSimulator({
    credentials: [{ secret: 'sk-one' }, { secret: 'sk-two' }],
    behaviour: { queue: { medianMs: 1 }, duration: { medianMs: 3_600_000 } },
  });
  penstock = await createPenstock({
    environment: { PORT: '0', PENSTOCK_DATA_DIR: folder, PENSTOCK_ADMIN_KEY: ADMIN_KEY, LOG_LEVEL: 'error' },
    database: { readers: READERS },
    tokenCache: { ttlMs: 3_600_000 },
  });
  api = new ApiClient(await penstock.start());
  for (const secret of ['sk-one', 'sk-two']) await api.addToken(secret, simulator.baseUrl);
  penstock.app.get(DataSource).logger = statements;
});

afterAll(async () => {
  await penstock.app.close();
  await simulator.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  statements.sent.length = 0;
});

/** Statements that read a table: changes say nothing of a read, and polls may write them at any time. */
const reads = (): string[] => statements.sent.filter((sql) => /^\s*(SELECT|WITH)\b/i.test(sql));

/** Waits until the upstream has it. @returns the token it runs on */
const inProgress = async (id: string): Promise<unknown> => {
  const status = async (): Promise<unknown> =>
    (await api.request('GET', `/v1/generations/${id}`)).body['status'];
  await expect.poll(status, { timeout: 20_000 }).toBe('in_progress');
  return (await api.request('GET', `/v1/generations/${id}`)).body['tokenId'];
};

/** Creates generations at once and waits until the upstream has them. @returns the tokens that they run on */
const submit = async (count: number): Promise<Set<unknown>> => {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const generations = await Promise.all(numbers.map((n) => api.generate(`choose ${String(n)}`)));
  return new Set(await Promise.all(generations.map(({ id }) => inProgress(id))));
};

it('the choice of a token and a whole submission read no table', async () => {
  await submit(4);
  // Each of the two tokens is looked at once, after its first success.
  await expect.poll(() => reads().length, { timeout: 20_000 }).toBe(2);
  statements.sent.length = 0;
  expect((await submit(20)).size).toBe(2);
  expect(statements.sent.filter((sql) => sql.startsWith('INSERT INTO "generation'))).toHaveLength(20);
  expect(reads()).toEqual([]);
});

it('the status of a generation in flight is read from memory, by each API', async () => {
  const { id } = await api.generate('watched');
  await inProgress(id);
  await api.request('GET', `/v1/videos/${id}`);
  statements.sent.length = 0;
  for (let round = 0; round < 50; round += 1) {
    const answers = await Promise.all(
      [`/v1/generations/${id}`, `/v1/videos/${id}`].map((path) => api.request('GET', path)),
    );
    expect(answers.map(({ body }) => body['status'])).toEqual(['in_progress', 'in_progress']);
  }
  expect(reads()).toEqual([]);
});

it('a list does read its table, so that the tests above would notice', async () => {
  await api.request('GET', '/v1/generations');
  expect(reads()).toHaveLength(1);
});

it.runIf(process.platform === 'linux')('nothing opens a connection beside those of the pool', async () => {
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  const file = join(folder, 'penstock.sqlite');
  expect((await Promise.all(links)).filter((path) => path === file)).toHaveLength(READERS + 1);
});
