import { Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AssetSink, type AssetStorage } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { PluginHostModule } from './plugin-host.module.js';
import { SinkRegistry } from './sink.registry.js';

class Bucket implements AssetStorage {
  write = () => Promise.reject(new Error('full'));
  open = () => Promise.resolve(null);
  stat = () => Promise.resolve(null);
  delete = () => Promise.resolve();
}

@AssetSink({ name: 'one' })
class One extends Bucket {}

@AssetSink({ name: 'one' })
class Same extends Bucket {}

@AssetSink({ name: 'Two!' })
class Lacking {
  open = (): null => null;
}

async function start(providers: readonly Type[]): Promise<SinkRegistry> {
  @Module({ providers: [...providers] })
  class Plugins {}
  const app = await Test.createTestingModule({ imports: [PluginHostModule, Plugins] }).compile();
  await app.init();
  return app.get(SinkRegistry);
}

describe('SinkRegistry', () => {
  it('finds the sinks of every module by their names', async () => {
    const sinks = await start([One]);
    expect(sinks.names()).toEqual(['one']);
    expect(sinks.find('one')).toBeInstanceOf(One);
    expect(sinks.find('other')).toBeUndefined();
  });

  it('is content with none', async () => {
    expect((await start([])).names()).toEqual([]);
  });

  it('stops the start when two have one name', async () => {
    await expect(start([One, Same])).rejects.toThrow('Sink "one" is registered by One and Same. Rename one');
  });

  it('stops the start with everything that is wrong', async () => {
    const started = start([Lacking]);
    await expect(started).rejects.toThrow('Sink Lacking: name is "Two!"; expected lower-case letters');
    await expect(started).rejects.toThrow('Sink Lacking: It has no method write. Implement it.');
  });
});
