import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { canMount, SmallDisk } from 'penstock/database/testing';
import { expect, it, onTestFinished } from 'vitest';

import type { Answer } from '../support/api-client.js';
import { stage, type Stage } from '../support/stage.js';

const LONG_PROMPT = 'A lighthouse at dusk, with every wave described. '.repeat(300);
const PNG = Buffer.alloc(200_000, 7).toString('base64');

/** Asks for generations until one is refused. @returns the refusal, and the ids of those that were accepted */
async function createUntilRefused(on: Stage): Promise<{ refusal: Answer; accepted: string[] }> {
  const accepted: string[] = [];
  for (;;) {
    const answer = await on.api.request('POST', '/v1/generations', {
      model: 'sora-2',
      input: { prompt: LONG_PROMPT },
    });
    if (answer.status !== 202) return { refusal: answer, accepted };
    accepted.push(String(answer.body['id']));
  }
}

async function idsOf(on: Stage): Promise<string[]> {
  const { body } = await on.api.request('GET', '/v1/generations?limit=100');
  return (body['data'] as readonly { readonly id: string }[]).map(({ id }) => id);
}

it.runIf(canMount())(
  'a gateway whose disk fills up says so, forgets nothing, and recovers by itself',
  async () => {
    const disk = new SmallDisk(24);
    onTestFinished(() => {
      disk.unmount();
    });
    const on = await stage(
      {
        credentials: [{ secret: 'sk-one' }],
        behaviour: { queue: { medianMs: 50 }, duration: { medianMs: 2_000 } },
      },
      { PENSTOCK_DATA_DIR: disk.folder },
    );
    const { child } = on.gateway();
    const inFlight = (await Promise.all([1, 2, 3].map((n) => on.api.generate(`in flight ${String(n)}`)))).map(
      ({ id }) => id,
    );
    await Promise.all(inFlight.map((id) => on.api.reach(id, 'in_progress')));

    await disk.fill();
    const { refusal, accepted } = await createUntilRefused(on);
    expect(refusal).toMatchObject({
      status: 503,
      body: { error: { type: 'server_error', code: 'database_full', param: null } },
    });
    expect(refusal.body['error']['message']).toContain('Free some space');
    expect((await idsOf(on)).sort()).toEqual([...inFlight, ...accepted].sort());

    const withFile = await on.api.request('POST', '/v1/generations', {
      model: 'sora-2',
      input: { prompt: 'x', inputReference: { imageUrl: `data:image/png;base64,${PNG}` } },
    });
    expect([withFile.status, withFile.body['error']['code']]).toBeOneOf([
      [503, 'storage_full'],
      [503, 'database_full'],
    ]);
    expect(await readdir(join(disk.folder, 'inputs'))).toEqual([]);

    const notReady = async (): Promise<string> => {
      await disk.fill();
      const { status, body } = await on.api.request('GET', '/health/ready');
      return status === 503 ? String(body['error']['message']) : '';
    };
    // The log of the database may have room for some small writes when no byte of the disk is free.
    await expect
      .poll(notReady, { timeout: 20_000 })
      .toContain('database (The database cannot take this: its disk is full.');
    expect((await on.api.request('GET', '/health/live')).status).toBe(200);
    for (const id of inFlight) expect((await on.api.read(id)).id).toBe(id);

    await disk.free();
    const ends = await Promise.all([...inFlight, ...accepted].map((id) => on.api.end(id)));
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['completed']));
    await expect
      .poll(async () => (await on.api.request('GET', '/health/ready')).status, { timeout: 10_000 })
      .toBe(200);
    expect((await on.api.end((await on.api.generate('afterwards')).id)).status).toBe('completed');
    expect(on.gateway().child).toBe(child);
    const { submissions } = on.simulator.control.report();
    expect(submissions.filter(({ jobs }) => jobs !== 1)).toEqual([]);
    expect(submissions).toHaveLength(inFlight.length + accepted.length + 1);
  },
);
