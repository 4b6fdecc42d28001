import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { loadConfig } from '../config/index.js';
import { PollHints } from '../generations/api/poll-hints.js';
import { InputFiles } from '../generations/input-files.js';
import { OWNER, TestEngine } from '../generations/testing/test-engine.js';
import { TestWorld } from '../generations/testing/test-world.js';
import { VideoUploads, type VideoRequest } from './video-uploads.js';
import { VideosController } from './videos.controller.js';
import { VideosService } from './videos.service.js';

/** Takes note of what is read. */
class CountedUploads extends VideoUploads {
  reads = 0;

  override read(): Promise<VideoRequest> {
    this.reads += 1;
    return Promise.resolve({ body: { model: 'sora-2', prompt: 'a cat' }, upload: null });
  }
}

const REQUEST = {} as FastifyRequest;
const REPLY = {} as FastifyReply;
REPLY.headers = () => REPLY;

describe('VideosController', () => {
  let world: TestWorld;
  let uploads: CountedUploads;
  let controller: VideosController;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken();
    const engine = await TestEngine.start(world);
    const { requests, creation, remixes, generations, queries, assets } = engine;
    uploads = new CountedUploads(new InputFiles(loadConfig({ PENSTOCK_DATA_DIR: world.dataDir })));
    const videos = new VideosService(requests, creation, remixes, generations, queries);
    controller = new VideosController(uploads, videos, assets, new PollHints(engine.scheduler, world.clock));
  });
  afterEach(() => world.end());

  it('makes one video of requests under the same key', async () => {
    const [one, two] = [
      await controller.create(REQUEST, 'once', OWNER, REPLY),
      await controller.create(REQUEST, 'once', OWNER, REPLY),
    ];
    expect(two.id).toBe(one.id);
    expect(uploads.reads).toBe(2);
  });

  it('looks at the key before it takes in a file, which would be left over', async () => {
    await expect(controller.create(REQUEST, 'two words', OWNER, REPLY)).rejects.toMatchObject({
      code: 'invalid_value',
      field: 'Idempotency-Key',
    });
    expect(uploads.reads).toBe(0);
  });
});
