import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import { AppMetrics } from 'penstock/metrics';
import { AssetSink } from 'penstock/plugin-api';
import { PluginHostModule, SinkRegistry } from 'penstock/plugin-host';
import { Registry } from 'prom-client';

import { AssetShelves } from '../../generations/asset-shelves.js';
import { ChangeRecorders } from '../../generations/change-recorders.js';
import type { Generation } from '../../generations/generation.entity.js';
import { GivenContent } from '../../generations/given-content.js';
import { GenerationFactory } from '../../generations/generation.factory.js';
import { aRequest } from '../../generations/testing/a-request.js';
import { Persistence } from '../../runtime/persistence.js';
import { AssetCopy } from '../asset-copy.entity.js';
import { AssetJanitor } from '../asset-janitor.js';
import { AssetMetrics } from '../asset-metrics.js';
import { assetSettings, type AssetSettings } from '../assets.settings.js';
import { CopyRecorder } from '../copy-recorder.js';
import { CopyStore } from '../copy-store.js';
import { Copier } from '../copying/copier.js';
import { CopyWorker } from '../copying/copy-worker.js';
import { GivenFiles } from '../given-files.js';
import { KeptContents } from '../kept-contents.js';
import { assetMigrations } from '../migrations/index.js';
import { KeptAssets } from '../serving/kept-assets.js';
import { SinkTidier } from '../sink-tidier.js';
import { WritesUnderWay } from '../writes-under-way.js';
import { NamedSink } from './named-sink.js';
import { TestSink } from './test-sink.js';
import { UpstreamFiles } from './upstream-files.js';

/** The parts that keep files, over a database and a folder of their own, at a time that moves only when told to. */
export class CopiesWorld {
  readonly clock = new ManualClock();
  readonly upstream = new UpstreamFiles();
  /** May be changed at any time. */
  readonly settings: { -readonly [Name in keyof AssetSettings]: AssetSettings[Name] } = {
    ...assetSettings.defaults,
    keep: true,
  };
  readonly generations = new Map<string, Generation>();
  readonly metrics = new Registry();
  readonly pool;
  readonly store;
  readonly contents;
  readonly copier;
  readonly worker;
  readonly janitor;
  readonly tidier;
  readonly writes = new WritesUnderWay();
  readonly recorder;
  readonly shelf;
  readonly given;
  readonly #stop = new AbortController();

  private constructor(
    readonly source: PooledSqliteDataSource,
    readonly folder: string,
    readonly sinks: SinkRegistry,
    readonly sink: TestSink,
    readonly named: NamedSink,
  ) {
    const { clock } = this;
    const settings = { get: () => this.settings };
    const generations = { find: (id: string) => Promise.resolve(this.generations.get(id) ?? null) };
    this.pool = new DatabasePool(source);
    const store = (this.store = new CopyStore(this.pool));
    const { writes } = this;
    const contents = (this.contents = new KeptContents(store, sinks, writes, clock));
    this.copier = new Copier(
      ...([generations, this.upstream, sinks, store, contents, writes, new Persistence(clock)] as const),
      ...([settings, clock] as const),
    );
    const metrics = new AssetMetrics(new AppMetrics(this.metrics));
    this.worker = new CopyWorker(store, this.copier, metrics, settings, clock);
    this.janitor = new AssetJanitor(store, contents, settings, clock);
    this.tidier = new SinkTidier(sinks, contents, clock);
    this.recorder = new CopyRecorder(new ChangeRecorders(), store, this.worker, settings, clock);
    this.given = new GivenFiles(new GivenContent(clock), sinks, contents, writes, settings);
    this.shelf = new KeptAssets(new AssetShelves(), store, sinks, this.worker, clock);
  }

  static async create(): Promise<CopiesWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-copies-'));
    @AssetSink({ name: 'disk' })
    @Injectable()
    class Disk extends TestSink {
      constructor() {
        super(folder);
      }
    }
    @AssetSink({ name: 'named' })
    @Injectable()
    class Named extends NamedSink {}
    const plugins = await Test.createTestingModule({
      imports: [PluginHostModule],
      providers: [Disk, Named],
    }).compile();
    await plugins.init();
    const source = new PooledSqliteDataSource({
      path: ':memory:',
      entities: [AssetCopy],
      migrations: assetMigrations,
    });
    const [registry, disk, named] = [plugins.get(SinkRegistry), plugins.get(Disk), plugins.get(Named)];
    return new CopiesWorld(await source.initialize(), folder, registry, disk, named);
  }

  async end(): Promise<void> {
    await this.worker.beforeApplicationShutdown();
    await this.janitor.beforeApplicationShutdown();
    await this.tidier.beforeApplicationShutdown();
    await this.source.destroy();
    await rm(this.folder, { recursive: true });
  }

  /** A generation completes with one file, of which a copy is wanted. @returns its id */
  async completed(file?: string | Error): Promise<string> {
    const generation = this.aGeneration();
    if (file !== undefined) this.upstream.set(generation.id, file);
    await this.pool.transaction((manager) => this.recorder.record(manager, generation));
    return generation.id;
  }

  /** A completed generation with one file, of which nothing is known here yet. */
  aGeneration(): Generation {
    const made = new GenerationFactory(this.clock).create(aRequest(), 'key_1');
    const asset = { name: 'video', contentType: 'video/mp4', bytes: null };
    const generation = Object.assign(made, { status: 'completed' as const, assets: [asset] });
    this.generations.set(generation.id, generation);
    return generation;
  }

  /** One that is stored, without the worker. @returns the id of its generation */
  async stored(file?: string): Promise<string> {
    const id = await this.completed(file);
    await this.attempt(id);
    return id;
  }

  async attempt(id: string): Promise<string> {
    return this.copier.attempt(await this.copyOf(id), this.#stop.signal);
  }

  /** The generation is deleted. */
  async remove(id: string): Promise<void> {
    this.generations.delete(id);
    await this.pool.transaction((manager) => this.recorder.removed(manager, [id]));
  }

  async copyOf(id: string): Promise<AssetCopy> {
    const copy = await this.store.find({ generationId: id, position: 0 });
    if (copy === null) throw new Error(`There is no copy for ${id}.`);
    return copy;
  }

  async statusOf(id: string): Promise<string | undefined> {
    return (await this.store.find({ generationId: id, position: 0 }))?.status;
  }

  /** The names of all whole files, which are their hashes. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
  }
}
