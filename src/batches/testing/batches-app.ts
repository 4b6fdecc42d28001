import { Module } from '@nestjs/common';
import { NO_RESULT, type ItemContext, type ItemRecord, type PlannedItem } from 'penstock/batch';
import { TokenCacheModule } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';
import { onTestFinished } from 'vitest';

import { startApp, type TestApp } from '../../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../../auth/index.js';
import {
  tokenMigrations,
  TokensModule,
  TokenStorageModule,
  TokenStore,
  type Token,
} from '../../tokens/index.js';
import type { BatchView, ItemView } from '../api/batches.schemas.js';
import { BatchesModule } from '../batches.module.js';
import { batchMigrations } from '../migrations/index.js';
import { AccountsProvider, PlainProvider } from './accounts.provider.js';

@Module({ providers: [AccountsProvider, PlainProvider] })
class AccountsModule {}

/** A running application with batches. */
export interface BatchesApp {
  readonly test: TestApp;
  readonly provider: AccountsProvider;
  readonly store: TokenStore;
  /** Adds a token of `acme`. @returns its id */
  add(changes?: object): Promise<string>;
  token(id: string): Promise<Token>;
  /** Runs a batch over all tokens to its end. */
  run(operation: string, more?: object): Promise<BatchView>;
  items(id: string): Promise<readonly ItemView[]>;
}

/** Starts one for a test; it is gone after it. */
export async function startBatchesApp(): Promise<BatchesApp> {
  const test = await startApp({
    imports: [
      TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
      UpstreamModule.forRoot({ isGlobal: true }),
      ...[AccountsModule, AuthModule, TokensModule, BatchesModule],
    ],
    migrations: [...authMigrations, ...tokenMigrations, ...batchMigrations],
  });
  onTestFinished(() => test.close());
  const store = test.app.get(TokenStore);
  return {
    test,
    store,
    provider: test.app.get(AccountsProvider),
    add: async (changes = {}) => {
      const plain = { provider: 'acme', label: 'a', secret: 'good-0001' };
      const answer = await test.request('POST', '/admin/tokens', { body: { ...plain, ...changes } });
      if (answer.status !== 201) throw new Error(answer.text);
      return (answer.body as Token).id;
    },
    token: (id) => store.get(id),
    run: async (operation, more = {}) => {
      const body = { operation, ...more };
      const answer = await test.request('POST', '/admin/batches', { body });
      if (answer.status !== 202) throw new Error(answer.text);
      return endOf(test, (answer.body as BatchView).id);
    },
    items: async (id) => {
      const { body } = await test.request('GET', `/admin/batches/${id}/items?limit=100`);
      return (body as { readonly data: readonly ItemView[] }).data;
    },
  };
}

/** Lets the time pass that the batch takes. */
async function endOf(test: TestApp, id: string): Promise<BatchView> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    const batch = (await test.request('GET', `/admin/batches/${id}`)).body as BatchView;
    if (['completed', 'stopped', 'cancelled'].includes(batch.state)) return batch;
    await test.clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`Batch ${id} does not end.`);
}

/** An item as the next start finds it after a kill in its midst. */
export function interrupted(item: Partial<ItemRecord>): ItemRecord {
  return {
    batchId: 'batch_1',
    position: 1,
    key: null,
    label: '',
    payload: null,
    state: 'pending',
    attempts: 1,
    ...NO_RESULT,
    ...item,
  };
}

/** What an item runs with. */
export function itemContext(input: ItemContext['input'] = {}): ItemContext {
  return { input, attempt: 1, signal: new AbortController().signal, exclusively: (_key, work) => work() };
}

/** What the first item of a plan keeps. */
export async function firstPayload(plan: AsyncIterable<readonly PlannedItem[]>): Promise<string | null> {
  for await (const [item] of plan) if (item !== undefined) return item.payload;
  throw new Error('The plan has no item.');
}
