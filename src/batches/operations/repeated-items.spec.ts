import type { BatchOperationHandler, ItemRecord } from 'penstock/batch';
import { beforeEach, describe, expect, it } from 'vitest';

import {
  firstPayload,
  interrupted,
  itemContext,
  startBatchesApp,
  type BatchesApp,
} from '../testing/batches-app.js';
import { AddTokensOperation } from './add-tokens.operation.js';
import { DeleteTokensOperation } from './delete-tokens.operation.js';
import { LabelTokensOperation } from './label-tokens.operation.js';
import { DisableTokensOperation, EnableTokensOperation } from './switch-tokens.operations.js';

let app: BatchesApp;

beforeEach(async () => {
  app = await startBatchesApp();
});

/** Runs an item, and once more as if the process had been killed before its result was stored. */
async function runTwice(
  handler: BatchOperationHandler,
  item: ItemRecord,
  input: Parameters<typeof itemContext>[0],
) {
  const first = await handler.run({ ...item, attempts: 0 }, itemContext(input));
  return [first, await handler.run(item, itemContext(input))] as const;
}

describe('an item that was done when the process was killed', () => {
  const cases = [
    [EnableTokensOperation, {}, 'enabled', true],
    [DisableTokensOperation, { reason: 'moving' }, 'disabled', false],
    [LabelTokensOperation, { label: 'herd' }, 'labelled', true],
    [DeleteTokensOperation, {}, 'deleted', true],
  ] as const;

  it.each(cases)('has the same result of %o', async (operation, input, result, startsOff) => {
    const id = await app.add();
    if (startsOff) await app.run('token.disable', { input: { select: { state: 'all' } } });
    const results = await runTwice(app.test.app.get(operation), interrupted({ key: id }), input);
    expect(results).toMatchObject([
      { state: 'succeeded', result, changes: [result] },
      { state: 'succeeded', result, changes: [result] },
    ]);
  });

  it('is not added twice', async () => {
    const operation = app.test.app.get(AddTokensOperation);
    const rows = [{ provider: 'acme', label: 'new', secret: 'good-1' }];
    const input = { rows: [{ line: 1, value: rows[0] }], onDuplicate: 'skip', matchLabels: true } as const;
    const item = interrupted({ payload: await firstPayload(operation.plan(input, 'batch_1')) });
    const [first, second] = await runTwice(operation, item, { onDuplicate: 'skip', matchLabels: true });
    expect(first).toMatchObject({ result: 'added', changes: ['added'] });
    expect(second).toEqual(first);
    expect((await app.test.request('GET', '/admin/tokens')).body).toMatchObject({
      data: [{ id: first.subject }],
    });
  });

  it('is told as gone where it never began', async () => {
    const operation = app.test.app.get(DeleteTokensOperation);
    const item = interrupted({ key: 'tok_gone', attempts: 0 });
    expect(await operation.run(item, itemContext())).toMatchObject({ state: 'skipped', result: 'gone' });
  });
});
