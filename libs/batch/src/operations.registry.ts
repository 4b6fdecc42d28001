import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import { BatchError } from './batch.errors.js';
import type { BatchOperationHandler, BatchOperationManifest } from './batch-operation.js';
import { OperationExplorer, type FoundOperation } from './operation-explorer.js';

/** An operation that batches may name. */
export interface RegisteredOperation {
  readonly manifest: BatchOperationManifest;
  readonly handler: BatchOperationHandler;
}

const NAME = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/;
const METHODS = ['keep', 'limits', 'plan', 'run', 'preview'] as const;

/** The operations of the application by name. Its content does not change after the start. */
@Injectable()
export class BatchOperations implements OnModuleInit {
  readonly #operations = new Map<string, RegisteredOperation>();

  constructor(@Inject(OperationExplorer) private readonly explorer: Pick<OperationExplorer, 'explore'>) {}

  /** @throws BatchError `invalid_batch_operation` that names the class and what is wrong with it */
  onModuleInit(): void {
    for (const found of this.explorer.explore()) {
      const { manifest, instance } = found;
      const other = this.#operations.get(manifest.name);
      if (other !== undefined) {
        const classes = [other.handler, instance].map((each) => each.constructor.name).join(' and ');
        throw invalid(`"${manifest.name}" is registered by ${classes}. Rename one, or drop one of them.`);
      }
      check(found);
      this.#operations.set(manifest.name, { manifest, handler: instance as BatchOperationHandler });
    }
  }

  /** @throws BatchError `batch_operation_not_found`, naming those that there are */
  get(name: string): RegisteredOperation {
    const operation = this.#operations.get(name);
    if (operation === undefined)
      throw BatchError.operationNotFound(name, [...this.#operations.keys()].sort());
    return operation;
  }

  find(name: string): RegisteredOperation | undefined {
    return this.#operations.get(name);
  }

  /** By name. */
  all(): readonly RegisteredOperation[] {
    return [...this.#operations.values()].sort((one, other) =>
      one.manifest.name < other.manifest.name ? -1 : 1,
    );
  }
}

function check({ manifest, instance }: FoundOperation): void {
  const of = `${instance.constructor.name} (@BatchOperation('${manifest.name}'))`;
  const missing = METHODS.find((method) => typeof Reflect.get(instance, method) !== 'function');
  if (missing !== undefined) throw invalid(`${of}: has no ${missing}(). Extend BatchOperationHandler.`);
  if (Reflect.get(instance, 'input') === undefined) throw invalid(`${of}: has no schema "input".`);
  const problem = problemOf(manifest);
  if (problem !== undefined) throw invalid(`${of}: ${problem}.`);
}

function problemOf({
  name,
  concurrency,
  intervalMs = 0,
  retries = 0,
  timeoutMs = 1,
}: BatchOperationManifest): string | undefined {
  if (!NAME.test(name)) return 'expected a name such as "token.test"';
  if (!isInteger(concurrency, 1)) return `concurrency must be an integer >= 1, got ${concurrency}`;
  if (!(intervalMs >= 0)) return `intervalMs must be >= 0, got ${intervalMs}`;
  if (!isInteger(retries, 0)) return `retries must be an integer >= 0, got ${retries}`;
  return timeoutMs > 0 ? undefined : `timeoutMs must be > 0, got ${timeoutMs}`;
}

const isInteger = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;

const invalid = (message: string): BatchError =>
  BatchError.of('invalid_batch_operation', `Batch operation ${message}`);
