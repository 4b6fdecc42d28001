import type { OperationKind } from './operation.js';
import type { Operations } from './operations.js';

/** What {@link Timed} is told of a method. */
export interface TimedOptions {
  /** @defaultValue `Class.method` */
  readonly name?: string;
  /** @defaultValue `method` */
  readonly kind?: Exclude<OperationKind, 'request' | 'wait'>;
  /** Over this it is slow, in milliseconds; `Infinity` for never. @defaultValue `slowOperationMs` of the module */
  readonly slowAfterMs?: number;
}

type Method = (this: object, ...args: never[]) => unknown;

/** By the instance whose methods are timed: entries go with it. */
const timers = new WeakMap<object, Operations>();
const timed = new WeakSet<object>();

/**
 * Times a method of a Nest provider or controller, to the end of the promise that it returns. Instances that no module
 * with `MetricsModule` holds (in a unit test, say) are not timed.
 */
export function Timed(options: TimedOptions = {}): MethodDecorator {
  return (prototype, key, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as Method;
    const name = options.name ?? `${prototype.constructor.name}.${String(key)}`;
    const description = { kind: 'method' as const, ...options, name };
    const wrapper = function (this: object, ...args: never[]): unknown {
      const operations = timers.get(this);
      if (operations === undefined) return original.apply(this, args);
      return operations.run(description, () => original.apply(this, args));
    };
    Object.defineProperty(wrapper, 'name', { value: original.name });
    for (const metadata of Reflect.getMetadataKeys(original) as unknown[])
      Reflect.defineMetadata(metadata, Reflect.getMetadata(metadata, original), wrapper);
    descriptor.value = wrapper;
    timed.add(prototype);
  };
}

/** Lets `operations` time the methods of `instance` that are marked, if any are. */
export function timeMethodsOf(instance: object, operations: Operations): void {
  for (let prototype: unknown = Object.getPrototypeOf(instance); isObject(prototype);) {
    if (timed.has(prototype)) timers.set(instance, operations);
    prototype = Object.getPrototypeOf(prototype);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
