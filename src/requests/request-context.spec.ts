import { describe, expect, it } from 'vitest';

import {
  contextOf,
  currentRequest,
  newRequestContext,
  openRequest,
  requestIsAbout,
  runInRequest,
} from './request-context.js';

describe('the context of a request', () => {
  it('is known to what it calls and starts, and to nobody else', async () => {
    const seen = await Promise.all(
      ['a', 'b'].map((id) =>
        runInRequest(newRequestContext(id), async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return currentRequest()?.id;
        }),
      ),
    );
    expect([seen, currentRequest()]).toEqual([['a', 'b'], undefined]);
  });

  it('ends with the answer, for work that goes on', async () => {
    const context = newRequestContext('a');
    await runInRequest(context, async () => {
      context.ended = true;
      await Promise.resolve();
      expect(currentRequest()).toBeUndefined();
      requestIsAbout({ generationId: 'late' });
    });
    expect(context.generationId).toBeNull();
  });

  it('collects what the request is about; nothing is taken back', () => {
    const context = newRequestContext('a');
    runInRequest(context, () => {
      requestIsAbout({ generationId: 'video_1', tokenId: 'tok_1' });
      requestIsAbout({ tokenId: null, errorCode: 'all_busy' });
    });
    expect(context).toMatchObject({ generationId: 'video_1', tokenId: 'tok_1', errorCode: 'all_busy' });
    expect(() => {
      requestIsAbout({ generationId: 'nowhere' });
    }).not.toThrow();
  });

  it('goes with the request that it was opened for', () => {
    const request = {};
    const context = openRequest(request, 'a');
    expect([contextOf(request), contextOf({})]).toEqual([context, undefined]);
  });
});
