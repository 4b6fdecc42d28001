import type { PooledDataSource } from 'penstock/database';
import { SettingsChangeRow, SettingsRow } from 'penstock/settings';
import type { DataSourceOptions } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AssetCopy } from '../../src/assets/asset-copy.entity.js';
import { ApiKey } from '../../src/auth/api-key.entity.js';
import { BatchItemRow } from '../../src/batches/batch-item.entity.js';
import { BatchRow } from '../../src/batches/batch.entity.js';
import { Generation } from '../../src/generations/generation.entity.js';
import { RetiredJob } from '../../src/generations/retired-job.entity.js';
import { HealthProbe } from '../../src/health/health-probe.entity.js';
import { HookSecretRow } from '../../src/hooks/hook-secret.entity.js';
import { migrations } from '../../src/migrations.js';
import { PollKnowledgeRow } from '../../src/polling/poll-knowledge.entity.js';
import { ProxyRow } from '../../src/proxies/proxy.entity.js';
import { RequestLogRow } from '../../src/requests/index.js';
import { TokenExportRow } from '../../src/tokens/export/token-export-row.entity.js';
import { TokenTransition } from '../../src/tokens/lifecycle/token-transition.entity.js';
import { Token } from '../../src/tokens/token.entity.js';
import { UsageRow } from '../../src/usage/ledger/usage-row.entity.js';
import { WebhookAttempt } from '../../src/webhooks/delivery/webhook-attempt.entity.js';
import { WebhookDelivery } from '../../src/webhooks/delivery/webhook-delivery.entity.js';
import { WebhookEndpoint } from '../../src/webhooks/endpoints/webhook-endpoint.entity.js';

/** What a database needs for the suite. */
export interface MigratedDatabase {
  /** A query for the names of all tables. */
  readonly tables: string;
  /** Makes it empty again. */
  empty(): Promise<void>;
}

/** What the migrations must do on every database. */
export function describeMigrations(
  where: string,
  make: (options: Required<Pick<DataSourceOptions, 'entities' | 'migrations'>>) => PooledDataSource,
  database: MigratedDatabase,
): void {
  describe(`the migrations ${where}`, () => {
    let source: PooledDataSource;

    beforeEach(async () => {
      const entities = [
        ApiKey,
        AssetCopy,
        BatchItemRow,
        BatchRow,
        Generation,
        HealthProbe,
        HookSecretRow,
        PollKnowledgeRow,
        ProxyRow,
        RetiredJob,
        RequestLogRow,
        SettingsChangeRow,
        SettingsRow,
        Token,
        TokenExportRow,
        TokenTransition,
        UsageRow,
        WebhookAttempt,
        WebhookDelivery,
        WebhookEndpoint,
      ];
      source = make({ entities, migrations });
      await source.initialize();
    });

    afterEach(async () => {
      await source.destroy();
      await database.empty();
    });

    it('make exactly the schema that the entities describe', async () => {
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    });

    it('can be undone, all of them, and made again', async () => {
      for (let left = migrations.length; left > 0; left -= 1) await source.undoLastMigration();
      const runner = source.createQueryRunner('slave');
      const tables: unknown = await runner.query(database.tables);
      await runner.release();
      expect(tables).toEqual([{ name: 'migrations' }]);
      expect(await source.runMigrations()).toHaveLength(migrations.length);
    });

    it('run in the order of their times', () => {
      const times = migrations.map(({ name }) => Number(name.slice(-13)));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });
  });
}
