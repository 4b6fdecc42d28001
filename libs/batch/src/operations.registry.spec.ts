import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { ScriptedOperation } from '../testing/index.js';
import type { BatchOperationManifest } from './batch-operation.js';
import { BatchOperations } from './operations.registry.js';

const registryOf = (
  ...found: readonly (Partial<BatchOperationManifest> & { readonly instance?: object })[]
) => {
  const registry = new BatchOperations({
    explore: () =>
      found.map(({ instance = new ScriptedOperation(new ManualClock()), ...manifest }) => ({
        manifest: { name: 'test.script', concurrency: 1, ...manifest },
        instance,
      })),
  });
  registry.onModuleInit();
  return registry;
};

describe('the registry of operations', () => {
  it('hands them out by name', () => {
    const registry = registryOf({ name: 'b.two' }, { name: 'a.one' });
    expect(registry.all().map(({ manifest }) => manifest.name)).toEqual(['a.one', 'b.two']);
    expect(registry.get('a.one')).toBe(registry.find('a.one'));
    expect(registry.find('c.three')).toBeUndefined();
    expect(() => registry.get('c.three')).toThrow('got "c.three"; known are a.one, b.two.');
    expect(() => registryOf().get('c.three')).toThrow('known are none.');
  });

  it.each([
    [[{}, {}], '"test.script" is registered by ScriptedOperation and ScriptedOperation. Rename one'],
    [[{ name: 'Test' }], 'expected a name such as "token.test"'],
    [[{ concurrency: 0 }], 'concurrency must be an integer >= 1, got 0'],
    [[{ intervalMs: -1 }], 'intervalMs must be >= 0, got -1'],
    [[{ retries: 0.5 }], 'retries must be an integer >= 0, got 0.5'],
    [[{ timeoutMs: 0 }], 'timeoutMs must be > 0, got 0'],
    [[{ instance: { run: () => undefined } }], 'has no keep(). Extend BatchOperationHandler.'],
  ])('refuses to start with %j', (found, problem) => {
    expect(() => registryOf(...found)).toThrow(problem);
  });
});
