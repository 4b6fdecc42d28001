import { Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { type PluginLifecycle, ProviderPlugin } from 'penstock/plugin-api';

import { registryOf, stubManifest, StubProvider } from '../testing/index.js';
import { PluginError } from './plugin.errors.js';
import { PluginHostModule } from './plugin-host.module.js';
import { PluginLifecycleRunner } from './plugin-lifecycle.runner.js';

/** What happened, in order. */
let events: string[] = [];
/** The steps that throw, such as `init b`. */
let broken = new Set<string>();

class RecordingProvider extends StubProvider implements PluginLifecycle {
  init(): Promise<void> {
    return this.record('init');
  }

  destroy(): Promise<void> {
    return this.record('destroy');
  }

  private async record(step: string): Promise<void> {
    const event = `${step} ${this.constructor.name}`;
    await Promise.resolve();
    if (broken.has(event)) throw new Error(`cannot ${event}`);
    events.push(event);
  }
}

@ProviderPlugin(stubManifest({ name: 'a' }))
class A extends RecordingProvider {}
@ProviderPlugin(stubManifest({ name: 'plain' }))
class Plain extends StubProvider {}
@ProviderPlugin(stubManifest({ name: 'b' }))
class B extends RecordingProvider {}
@ProviderPlugin(stubManifest({ name: 'c' }))
class C extends RecordingProvider {}

@Module({ providers: [A, Plain, B, C] })
class PluginsModule {}

async function start(): Promise<TestingModule> {
  const testing = await Test.createTestingModule({ imports: [PluginHostModule, PluginsModule] })
    .setLogger({
      log: () => undefined,
      warn: () => undefined,
      error: (message: string) => events.push(`error: ${message}`),
    })
    .compile();
  return testing.init();
}

describe('PluginLifecycleRunner', () => {
  beforeEach(() => {
    events = [];
    broken = new Set();
  });

  it('initializes one after the other and destroys in reverse, each once', async () => {
    const app = await start();
    expect(events).toEqual(['init A', 'init B', 'init C']);
    await app.close();
    expect(events.slice(3)).toEqual(['destroy C', 'destroy B', 'destroy A']);
    await app.close();
    expect(events).toHaveLength(6);
  });

  it('stops the start when an init throws, and destroys what ran already', async () => {
    broken.add('init B');
    const error: unknown = await start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PluginError);
    expect(error).toMatchObject({
      code: 'plugin_init_failed',
      message: 'Provider "b" (B, module PluginsModule) could not be initialized: cannot init B',
      cause: new Error('cannot init B'),
    });
    expect(events).toEqual(['init A', 'destroy A']);
  });

  it('destroys the others when one fails, and says so', async () => {
    const app = await start();
    broken.add('destroy B');
    await app.close();
    expect(events.slice(3)).toEqual([
      'destroy C',
      'error: Provider "b" could not be destroyed: cannot destroy B',
      'destroy A',
    ]);
  });

  it('leaves nothing running when the shutdown comes in the middle of the start', async () => {
    const runner = new PluginLifecycleRunner(registryOf(new A(), new B(), new C()));
    const start = runner.onApplicationBootstrap();
    await runner.onApplicationShutdown();
    await start;
    expect(events).toEqual(['init A', 'destroy A']);
  });
});
