import { describePostgres } from 'penstock/database/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { allComplete, IN_FLIGHT, putInFlight } from '../support/in-flight.js';
import { PostgresCluster } from '../support/postgres-cluster.js';
import { stage, type Stage } from '../support/stage.js';

describePostgres('a gateway whose PostgreSQL goes away', () => {
  let cluster: PostgresCluster;

  beforeEach(async () => {
    cluster = await PostgresCluster.create();
  });

  afterEach(() => cluster.remove());

  const readiness = async (on: Stage): Promise<number> => {
    const answer = await on.api.request('GET', '/health/ready', undefined, { authorization: '' });
    return answer.status;
  };

  it.each(['fast', 'immediate'] as const)(
    'is not ready until it is back (%s), and loses no generation in flight',
    async (mode) => {
      const on = await stage(IN_FLIGHT, { DATABASE_URL: cluster.url() });
      const created = await putInFlight(on, 20);
      const { pid } = on.gateway().child;

      await cluster.stop(mode);
      await expect.poll(() => readiness(on), { timeout: 20_000 }).toBe(503);
      expect(
        await on.api.request('POST', '/v1/generations', { model: 'sora-2', input: { prompt: 'x' } }),
      ).toMatchObject({
        status: 503,
        body: { error: { code: 'database_unavailable' } },
      });
      // Every job ends at the upstream while its ending cannot be written.
      await expect
        .poll(
          () => on.simulator.control.report().jobs.filter(({ status }) => status === 'completed').length,
          {
            timeout: 30_000,
          },
        )
        .toBe(created.length);

      await cluster.start();
      await expect.poll(() => readiness(on), { timeout: 20_000 }).toBe(200);
      await allComplete(on, created);
      expect((await on.api.end((await on.api.generate('afterwards')).id)).status).toBe('completed');
      expect(on.gateway().child.pid).toBe(pid);
      expect(on.gateway().child.exitCode).toBeNull();
    },
  );
});
