import type { FastifyInstance } from 'fastify';

import type { Media } from '../media.js';
import type { World } from '../core/world.js';

/** What a dialect works with. */
export interface Stage {
  /** The world as it is now; a reset replaces it, so ask at each call. */
  readonly world: () => World;
  readonly media: Media;
}

/** An upstream's HTTP API: one file (or a few) that turns its requests into operations on the world. */
export interface Dialect {
  /** Where its paths begin, such as `/v1`. */
  readonly prefix: string;
  /** Adds its routes to an instance that is its own: parsers and error handlers do not reach others. */
  register(app: FastifyInstance, stage: Stage): Promise<void>;
}
