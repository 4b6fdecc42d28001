import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DatabaseModule, type DatabaseOptions } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { SettingsModule } from 'penstock/settings';
import { FakeSettingsStore } from 'penstock/settings/testing';

import { loadConfig, PenstockConfigModule, type Environment } from '../../src/config/index.js';
import { createHttpAdapter } from '../../src/http/http-adapter.js';
import { HttpModule } from '../../src/http/http.module.js';
import { Persistence } from '../../src/runtime/persistence.js';

/** The admin key of an application that {@link startApp} started. */
export const ADMIN_KEY = 'admin-key-of-the-tests';

/** What an application under test is made of. */
export interface TestAppOptions {
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  readonly migrations: NonNullable<DatabaseOptions['migrations']>;
  readonly controllers?: NonNullable<ModuleMetadata['controllers']>;
  readonly providers?: readonly Provider[];
  /** Providers that every module sees. */
  readonly globals?: readonly Provider[];
  readonly environment?: Environment;
  /** @defaultValue settings in memory, with a clock of their own */
  readonly settings?: DynamicModule;
  /** Set it to start again on the data of an application before, which is then left when this one closes. */
  readonly dataDir?: string;
  /** Runs before the application is initialized. */
  readonly configure?: (app: NestFastifyApplication) => void;
}

/** A running application on a SQLite file of its own. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly clock: ManualClock;
  readonly dataDir: string;
  /** Warnings and errors that were logged. */
  readonly logged: readonly string[];
  /** Makes a request with the admin key, unless the headers say otherwise. */
  request(method: Method, url: string, options?: RequestOptions): Promise<TestAnswer>;
  close(): Promise<void>;
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What goes with a request. */
interface RequestOptions {
  readonly body?: unknown;
  /** Replaces the `Authorization` header; `null` leaves it out. */
  readonly authorization?: string | null;
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: unknown;
}

@Module({})
class GlobalsModule {
  static of(globals: readonly Provider[], clock: ManualClock): DynamicModule {
    const providers = [{ provide: Clock, useValue: clock }, Persistence, ...globals];
    return { module: GlobalsModule, global: true, providers, exports: providers };
  }
}

/** Its refresh must not be among the timers that a test counts. */
function settingsInMemory(): DynamicModule {
  const clock = GlobalsModule.of([], new ManualClock());
  const own = { ...clock, global: false };
  return SettingsModule.forRoot({ isGlobal: true, store: FakeSettingsStore, imports: [own] });
}

/** Starts modules of `src` as a real application: Fastify, the common checks, and the pooled SQLite database. */
export async function startApp(options: TestAppOptions): Promise<TestApp> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'penstock-app-')));
  const clock = new ManualClock();
  const logged: string[] = [];
  const log = (...line: unknown[]): void => void logged.push(line.map(String).join(' '));
  const environment = { PENSTOCK_DATA_DIR: dataDir, PENSTOCK_ADMIN_KEY: ADMIN_KEY, ...options.environment };
  const module = await Test.createTestingModule({
    imports: [
      GlobalsModule.of(options.globals ?? [], clock),
      PenstockConfigModule.forRoot(loadConfig(environment)),
      DatabaseModule.forRoot({
        leakReportMs: 0, // Its timer would be one more to count.
        path: join(dataDir, 'test.sqlite'),
        migrations: options.migrations,
      }),
      options.settings ?? settingsInMemory(),
      HttpModule,
      ...options.imports,
    ],
    controllers: [...(options.controllers ?? [])],
    providers: [...(options.providers ?? [])],
  })
    .setLogger({ log: () => undefined, warn: log, error: log })
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(
    createHttpAdapter({ formRoutes: new Set(['/v1/videos']) }),
  );
  options.configure?.(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    clock,
    dataDir,
    logged,
    request: (method, url, request) => inject(app, method, url, request),
    close: async () => {
      await app.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true });
    },
  };
}

async function inject(
  app: NestFastifyApplication,
  method: Method,
  url: string,
  { body, authorization = `Bearer ${ADMIN_KEY}`, headers: more }: RequestOptions = {},
): Promise<TestAnswer> {
  const headers = {
    ...(authorization === null ? {} : { authorization }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...more,
  };
  const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
  const response = await app.inject({ method, url, headers, ...payload });
  const isJson = String(response.headers['content-type']).includes('application/json');
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: isJson ? (JSON.parse(response.body) as unknown) : undefined,
  };
}
