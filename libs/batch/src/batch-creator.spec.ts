import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';

import { startBatchWorld, type BatchWorld } from '../testing/index.js';
import { BatchError, ConfirmationRequired } from './batch.errors.js';

const items = (count: number) => Array.from({ length: count }, () => ({}));

describe('making a batch', () => {
  let world: BatchWorld;
  beforeEach(async () => {
    Logger.overrideLogger(false);
    world = await startBatchWorld({
      maxItems: 10,
      traits: { intervalMs: 100, retries: 2, timeoutMs: 9_000 },
    });
  });

  it('takes what the operation says where nothing else is wanted', async () => {
    const { limits, state, total, createdBy, id } = await world.create(items(2));
    expect(limits).toEqual({
      concurrency: 3,
      intervalMs: 100,
      retries: 2,
      timeoutMs: 9_000,
      onError: 'continue',
      dryRun: false,
    });
    expect([state, total, createdBy]).toEqual(['running', 2, 'key_1']);
    expect(id).toMatch(/^batch_[0-9a-f]{24}$/);
  });

  it.each([
    ['concurrency', 4, 'an integer from 1 to 3 for test.script'],
    ['concurrency', 1.5, 'an integer from 1 to 3 for test.script'],
    ['intervalMs', 99, 'at least 100 for test.script, at most an hour'],
    ['retries', 11, 'an integer from 0 to 10'],
    ['timeoutMs', 0, 'from 1 to 3600000'],
  ])('refuses %s %d', async (field, got, right) => {
    const message = `"${field}": got ${String(got)}; expected ${right}.`;
    await expect(world.create(items(1), { [field]: got })).rejects.toMatchObject({
      code: 'batch_limit',
      field,
      message,
    });
    expect(await world.store.unfinished()).toEqual([]);
  });

  it('refuses more items than it may have, and an operation that is not there, and leaves nothing', async () => {
    await expect(world.create(items(11))).rejects.toMatchObject({ code: 'batch_too_large' });
    const unknown = { operation: 'test.scrip', input: {}, createdBy: 'key_1' };
    const message = '"operation": got "test.scrip"; known are test.script.';
    await expect(world.creator.create(unknown)).rejects.toMatchObject({
      code: 'batch_operation_not_found',
      message,
    });
    expect(await world.store.unfinished()).toEqual([]);
    await world.clock.advance(1_000);
    expect(world.operation.starts).toEqual([]);
  });
});

describe('an operation that must be confirmed', () => {
  let world: BatchWorld;
  const askedFor = async (count: number, confirmation?: string): Promise<string> => {
    const error: unknown = await world
      .create(items(count), {}, confirmation)
      .catch((caught: unknown) => caught);
    if (!(error instanceof ConfirmationRequired)) throw new Error('No confirmation was asked for.');
    expect(error).toMatchObject({
      code: 'confirmation_required',
      category: 'conflict',
      field: 'confirmation',
    });
    expect(error.message).toContain(error.confirmation);
    return error.confirmation;
  };
  beforeEach(async () => {
    world = await startBatchWorld({ traits: { confirm: true } });
  });

  it('begins with its confirmation, which counts once', async () => {
    const confirmation = await askedFor(3);
    expect(await world.store.unfinished()).toEqual([]);
    const { id } = await world.create(items(3), {}, confirmation);
    await world.clock.advance(10);
    expect(await world.state(id)).toBe('completed');
    expect(await askedFor(3, confirmation)).not.toBe(confirmation);
  });

  it('asks again when it would change something else, or after 10 minutes', async () => {
    expect(await askedFor(4, await askedFor(3))).toMatch(/^confirm_/);
    const confirmation = await askedFor(3);
    await world.clock.advance(10 * 60_000 + 1);
    await askedFor(3, confirmation);
    await askedFor(3, 'confirm_me');
    expect(world.operation.starts).toEqual([]);
  });

  it('needs none for a dry run, or for nothing', async () => {
    expect((await world.create(items(2), { dryRun: true })).state).toBe('running');
    expect((await world.create([])).state).toBe('running');
  });

  it('is a BatchError like the others', () => {
    expect(new ConfirmationRequired('confirm_1', 'token.delete', 1)).toBeInstanceOf(BatchError);
    expect(new ConfirmationRequired('confirm_1', 'token.delete', 1).message).toContain(
      'would change 1 item, for good',
    );
  });
});
