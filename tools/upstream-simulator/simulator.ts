import { fastify } from 'fastify';
import type { AddressInfo } from 'node:net';

import { addControlRoutes } from './control-routes.js';
import { SimulatorControl } from './control.js';
import { newWorld } from './core/world.js';
import type { Dialect } from './dialects/dialect.js';
import { ark } from './dialects/ark/index.js';
import { dashscope } from './dialects/dashscope/index.js';
import { fal } from './dialects/fal/index.js';
import { googleVeo } from './dialects/google-veo/index.js';
import { kling } from './dialects/kling/index.js';
import { luma } from './dialects/luma/index.js';
import { lumaAgents } from './dialects/luma-agents/index.js';
import { openaiImages } from './dialects/openai-images/index.js';
import { openaiVideos } from './dialects/openai-videos/index.js';
import { replicate } from './dialects/replicate/index.js';
import { runway } from './dialects/runway/index.js';
import { Media } from './media.js';
import { resolveSimulatorOptions, type SimulatorOptions } from './simulator.options.js';

const DIALECTS: readonly Dialect[] = [
  ...[openaiVideos, replicate, fal, runway, luma, lumaAgents, dashscope, kling, ark],
  ...[googleVeo, openaiImages],
];
const MOST_CONTROL_BYTES = 256 * 1024 * 1024;

/** A simulator that listens. */
export interface Simulator {
  /** Where it listens, such as `http://127.0.0.1:9090`. */
  readonly url: string;
  /** What an OpenAI client takes as its base URL. */
  readonly baseUrl: string;
  readonly control: SimulatorControl;
  /** Ends every connection, calls that hang included. */
  close(): Promise<void>;
}

/**
 * Starts an upstream.
 *
 * @throws CodedError `invalid_input` that names the wrong option; the system's error when it cannot listen
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = resolveSimulatorOptions(options);
  const media = await Media.load();
  let world = newWorld(settings);
  const current = (): typeof world => world;
  const control = new SimulatorControl(current, () => {
    world.callbacks.stop();
    world = newWorld(settings);
  });
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: MOST_CONTROL_BYTES,
    routerOptions: { maxParamLength: 1000 },
    exposeHeadRoutes: false,
  });
  for (const dialect of DIALECTS) {
    await app.register((scope) => dialect.register(scope, { world: current, media }), {
      prefix: dialect.prefix,
    });
  }
  await app.register(
    (scope, _options, done) => {
      addControlRoutes(scope, control);
      done();
    },
    { prefix: '/_simulator' },
  );
  await app.listen({ host: settings.host, port: settings.port });
  const url = urlOf(app.server.address());
  return {
    url,
    baseUrl: `${url}/v1`,
    control,
    close: () => {
      world.callbacks.stop();
      return app.close();
    },
  };
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string')
    throw new Error('The simulator listens on no TCP port.');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
