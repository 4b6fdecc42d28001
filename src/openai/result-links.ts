import { Injectable } from '@nestjs/common';

import type { Viewer } from '../generations/api/generation-views.js';
import type { Generation } from '../generations/generation.entity.js';

/** Port: what a client is given to fetch a file of a completed generation with. */
export abstract class ResultLinks {
  /** @param index - the position in `assets` */
  abstract of(generation: Generation, index: number, viewer: Viewer): Promise<string>;
}

/** Links to our own routes, which need the API key. */
@Injectable()
export class AuthorizedLinks extends ResultLinks {
  override of({ id }: Generation, index: number, { origin }: Viewer): Promise<string> {
    return Promise.resolve(`${origin}/v1/generations/${id}/assets/${String(index)}`);
  }
}
