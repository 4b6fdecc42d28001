import multipart from '@fastify/multipart';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadPluginModules } from 'penstock/plugin-host';

import { AppModule } from './app.module.js';
import { Identification, type Scope } from './auth/index.js';
import { readConfig, type Environment } from './config/index.js';
import { HOOK_ROUTE } from './hooks/index.js';
import { createHttpAdapter } from './http/index.js';
import { GatewayLogger } from './logging/gateway-logger.js';
import { setupOpenApi } from './openapi/index.js';
import type { PenstockModuleOptions } from './penstock.module.js';

/** How a whole Penstock is made. */
export interface PenstockOptions extends Omit<PenstockModuleOptions, 'config'> {
  /** Variables to use instead of those of the process and of `.env`. */
  readonly environment?: Environment;
}

/** A Penstock that is set up and does not listen yet. */
export interface Penstock {
  readonly app: NestFastifyApplication;
  /** Listens where the configuration says. @returns the URL */
  start(): Promise<string>;
}

/** A reference of 20 MiB as a data URL in JSON, and what stands around it; and many rows of tokens. */
const UPLOAD_BYTES = 29 * 1024 * 1024;
const TEXT_ROUTES: ReadonlySet<string> = new Set(['/admin/tokens/import']);
const RAW_ROUTES: ReadonlySet<string> = new Set([HOOK_ROUTE]);
const FORM_ROUTES: ReadonlySet<string> = new Set(['/v1/videos']);
/** With the scope that they need. */
const UPLOAD_ROUTES: ReadonlyMap<string, Scope> = new Map([
  ['/v1/videos', 'generate'],
  ['/v1/generations', 'generate'],
  ['/v1/chat/completions', 'generate'],
  ['/admin/batches', 'admin'],
  ['/admin/tokens/import', 'admin'],
]);

/**
 * Puts the gateway together from the environment: the built-in plugins, those of `PENSTOCK_PLUGINS` and those given here.
 *
 * @throws ConfigError that names every bad variable; PluginError for a plugin that cannot be used; what keeps the
 *   database from opening
 */
export async function createPenstock({
  environment,
  plugins = [],
  ...options
}: PenstockOptions = {}): Promise<Penstock> {
  const config = await readConfig(environment);
  const configured = await loadPluginModules(config.plugins, process.cwd());
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({ ...options, config, plugins: [...configured, ...plugins] }),
    createHttpAdapter({ formRoutes: FORM_ROUTES, textRoutes: TEXT_ROUTES, rawRoutes: RAW_ROUTES }),
    { bufferLogs: true, abortOnError: false, autoFlushLogs: false },
  ).catch((error: unknown) => {
    // Whoever asked for the gateway tells why there is none; Nest would tell it a second time, with a stack.
    Logger.detachBuffer();
    throw error;
  });
  app.useLogger(app.get(GatewayLogger));
  app.flushLogs();
  app.enableShutdownHooks([], { useProcessExit: true });
  allowUploads(app);
  await app.register(multipart);
  setupOpenApi(app);
  return {
    app,
    start: async () => {
      await app.listen(config.port, config.host).catch(async (error: unknown) => {
        await app.close();
        throw error;
      });
      const url = await app.getUrl();
      new Logger('Penstock').log({ url }, 'Ready');
      return url;
    },
  };
}

/** Some routes take large bodies. Nothing of one is read for a client that may not use them anyhow. */
function allowUploads(app: NestFastifyApplication): void {
  const identification = app.get(Identification);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      const scope = UPLOAD_ROUTES.get(route.url);
      if (route.method !== 'POST' || scope === undefined) return;
      route.bodyLimit = UPLOAD_BYTES;
      route.onRequest = (request, reply) => identification.require(request, reply, { scope, browser: false });
    });
}
