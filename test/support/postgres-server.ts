import type { TestProject } from 'vitest/node';

import { findPrograms, PostgresCluster } from './postgres-cluster.js';

/**
 * Starts the server that the specs of the project share. Without PostgreSQL they are skipped, which is told; in CI that
 * fails.
 */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ((await findPrograms()) === undefined && process.env['CI'] === undefined) {
    process.stderr.write(
      'Tests of PostgreSQL are skipped: it is not installed (Debian: apt-get install postgresql).\n',
    );
    provide('postgresUrl', null);
    return undefined;
  }
  const cluster = await PostgresCluster.create();
  provide('postgresUrl', cluster.url());
  return () => cluster.remove();
}
