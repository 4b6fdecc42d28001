import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { form, FORM } from '../support/form.js';
import { rawRequest, sendAndHangUp, type RawAnswer } from '../support/raw-http.js';
import { expectNoTraces, expectRefusal, post } from '../support/refusal.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

const MIB = 2 ** 20;

describe('a request that is wrong', () => {
  let on: Stage;

  const send = (method: string, path: string): Promise<RawAnswer> =>
    rawRequest(on.api.url, { method, path, headers: { authorization: `Bearer ${on.api.key}` } });

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  });
  afterAll(() => on.close());
  expectNoTraces(() => on);

  describe('in its body', () => {
    it.each([
      ['{"model":', 'invalid_json'],
      ['', 'invalid_json'],
      ['{"model":"sora-2","input":{"prompt":"x"},"__proto__":{"a":1}}', 'invalid_json'],
      ['\u0000', 'invalid_json'],
      ['null', 'invalid_value'],
      ['[]', 'invalid_value'],
      ['"text"', 'invalid_value'],
      ['1e400', 'invalid_value'],
    ])('%j is refused for what it is', async (text, code) => {
      for (const path of ['/v1/generations', '/v1/videos', '/admin/tokens', '/admin/keys'])
        expectRefusal(await post(on, path, text), 400, { code, type: 'invalid_request_error' });
    });

    it('deeply nested JSON is refused', async () => {
      expectRefusal(await post(on, '/v1/generations', `${'['.repeat(100_000)}${']'.repeat(100_000)}`), 400);
    });

    it('of another content type is refused', async () => {
      const body = '{"model":"sora-2","input":{"prompt":"x"}}';
      for (const type of ['text/plain', 'application/xml', 'x', 'application/x-www-form-urlencoded']) {
        for (const path of ['/v1/generations', '/v1/videos', '/admin/tokens']) {
          const answer = await post(on, path, body, { 'content-type': type });
          expectRefusal(answer, 415, { code: 'unsupported_media_type' });
        }
      }
    });

    it('that is missing, or is a form where none is taken, is refused', async () => {
      for (const path of ['/v1/generations', '/v1/videos', '/admin/tokens', '/admin/keys'])
        expectRefusal(await send('POST', path), 400);
      expectRefusal(await post(on, '/v1/generations', form(['prompt', 'x']), FORM), 415);
    });

    it('that is too large is refused with 413', async () => {
      expectRefusal(await post(on, '/admin/tokens', 'x'.repeat(MIB + 1)), 413, { code: 'body_too_large' });
      expectRefusal(await post(on, '/v1/videos/video_x/remix', 'x'.repeat(MIB + 1)), 413, {
        code: 'body_too_large',
      });
      const huge = await post(on, '/v1/generations', Buffer.alloc(30 * MIB, 'x')).catch(() => null);
      if (huge !== null) expectRefusal(huge, 413, { code: 'body_too_large' });
    });

    it('that its sender never ends is nobody’s fault here', async () => {
      await sendAndHangUp(
        on.api.url,
        `POST /v1/generations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${on.api.key}\r\n` +
          'content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"model":',
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    });

    it('has unknown fields named, with what was meant', async () => {
      expectRefusal(
        await post(on, '/v1/generations', { modle: 'sora-2', model: 'sora-2', input: { prompt: 'x' } }),
        400,
        {
          code: 'unknown_parameter',
          param: 'modle',
          message: expect.stringContaining('"model"') as unknown,
        },
      );
      expectRefusal(await post(on, '/v1/videos', { prompt: 'x', lenght: 4 }), 400, { param: 'lenght' });
      const token = { provider: 'openai-videos', label: 'x', secret: 's', priority: 1 };
      expectRefusal(await post(on, '/admin/tokens', token), 400, { param: 'priority' });
      expectRefusal(await post(on, '/admin/keys', { label: 'x', scope: 'read' }), 400, {
        param: 'scope',
        message: expect.stringContaining('"scopes"') as unknown,
      });
    });

    it.each([
      ['/v1/generations', { model: 1, input: { prompt: 'x' } }, 'model', /got 1; expected string/],
      ['/v1/generations', { model: 'sora-2' }, 'input', /is missing/],
      ['/v1/generations', { model: 'sora-2', input: {} }, 'input.prompt', /is missing/],
      ['/v1/generations', { model: 'sora-2', input: { prompt: ['a'] } }, 'input.prompt', /got an array of 1/],
      [
        '/v1/generations',
        { model: 'sora-2', input: { prompt: 'x', seconds: {} } },
        'input.seconds',
        /got an object/,
      ],
      [
        '/v1/generations',
        { model: 'sora-2', input: { prompt: 'x'.repeat(32_001) } },
        'input.prompt',
        /32000/,
      ],
      [
        '/v1/generations',
        { model: 'sora-2', input: { prompt: 'x' }, metadata: { a: 1 } },
        'metadata.a',
        /got 1/,
      ],
      ['/v1/videos', { prompt: 'x', seconds: true }, 'seconds', /got true/],
      ['/v1/videos', { prompt: 'x', input_reference: 'a.png' }, 'input_reference', /expected object/],
      ['/admin/keys', { label: 'x', scopes: ['root'] }, 'scopes.0', /expected one of/],
      ['/admin/keys', { label: 'x', scopes: [] }, 'scopes', /got an array of 0/],
      ['/admin/tokens', { ...TOKEN, limits: { video: 1.5 } }, 'limits.video', /got 1.5/],
      ['/admin/tokens', { ...TOKEN, limits: { audio: 1 } }, 'limits.audio', /makes no "audio"/],
      ['/admin/tokens', { ...TOKEN, provider: 'nobody' }, 'provider', /openai-videos/],
      ['/admin/tokens', { ...TOKEN, baseUrl: 'ftp://x' }, 'baseUrl', /http\(s\)/],
      ['/admin/tokens', { ...TOKEN, baseUrl: 'http://u:p@x' }, 'baseUrl', /without user/],
      ['/admin/tokens', { ...TOKEN, proxyUrl: 'socks://x' }, 'proxyUrl', /proxy/],
      ['/admin/tokens', { ...TOKEN, weight: -1 }, 'weight', /got -1/],
      ['/admin/tokens', { ...TOKEN, expiresAt: 'tomorrow' }, 'expiresAt', /2027-01-31/],
      ['/admin/tokens', { ...TOKEN, secret: 5 }, 'secret', /not shown/],
    ])('POST %s %j names %s', async (path, body, param, message) => {
      expectRefusal(await post(on, path, body), 400, {
        param,
        message: expect.stringMatching(message) as unknown,
      });
    });

    it.each(['sk-\u0000', 'sk-\n-x', 'sk-ünïcode', 'a b'])(
      'a secret %j that no header can carry is refused',
      async (secret) => {
        expectRefusal(await post(on, '/admin/tokens', { ...TOKEN, secret }), 400, { param: 'secret' });
      },
    );
  });

  it.each([
    ['/v1/generations?limit=0', 'limit'],
    ['/v1/generations?limit=101', 'limit'],
    ['/v1/generations?limit=ten', 'limit'],
    ['/v1/generations?limit=1&limit=2', 'limit'],
    ['/v1/generations?status=done', 'status'],
    ['/v1/generations?order=up', 'order'],
    ['/v1/generations?cursor=x', 'cursor'],
    ['/v1/generations?cursor=%00', 'cursor'],
    ['/v1/generations?stauts=failed', 'stauts'],
    ['/v1/generations?kind=', 'kind'],
    ['/v1/generations/video_x?wait=61', 'wait'],
    ['/v1/generations/video_x?wait=-1', 'wait'],
    ['/v1/videos?limit=1000', 'limit'],
    ['/v1/videos?order=newest', 'order'],
    ['/v1/videos/video_x/content?variant=audio', 'variant'],
    ['/admin/tokens?state=lost', 'state'],
    ['/admin/keys?limit=x', 'limit'],
  ])('GET %s names the parameter', async (path, param) => {
    expectRefusal(await send('GET', path), 400, { param });
  });

  it('DELETE of a token names a wrong force', async () => {
    expectRefusal(await send('DELETE', '/admin/tokens/tok_x?force=yes'), 400, { param: 'force' });
  });

  it('with a long URL or a long id is refused', async () => {
    expectRefusal(await send('GET', `/v1/generations?cursor=${'x'.repeat(9_000)}`), 413, {
      code: 'url_too_long',
    });
    const long = await send('GET', `/v1/generations/${'x'.repeat(5_000)}`);
    expect([404, 414]).toContain(long.status);
    expectRefusal(long, long.status);
  });

  it.each([
    ['..', 404],
    ['%2e%2e%2f%2e%2e%2fetc%2fpasswd', 404],
    ['..%2fkeys', 404],
    ['%00', 400],
    ['%', 400],
    ['%zz', 400],
    ['a%00b', 400],
    ["'%20OR%201=1--", 404],
    ['__proto__', 404],
    ['constructor', 404],
    ['%F0%9F%98%80', 404],
    ['x'.repeat(199), 404],
    ['video_none', 404],
  ])('for the id %s', async (id, status) => {
    for (const path of [
      `/v1/generations/${id}/events`,
      `/v1/generations/${id}/assets/0`,
      `/v1/videos/${id}/content`,
      `/v1/models/${id}`,
    ])
      expectRefusal(await send('GET', path), status);
    for (const path of [`/v1/videos/${id}/remix`, `/admin/tokens/${id}/test`, `/v1/generations/${id}/cancel`])
      expectRefusal(await post(on, path, { prompt: 'x' }), status);
    for (const path of [`/admin/keys/${id}`, `/v1/videos/${id}`])
      expectRefusal(await send('DELETE', path), status);
  });

  it('for a route or a method that is not there is 404', async () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/v1'],
      ['GET', '/v1/generations/'],
      ['PUT', '/v1/videos/x'],
      ['PATCH', '/v1/generations'],
      ['GET', '/V1/generations'],
      ['GET', '//v1/generations'],
      ['GET', '/admin/tokens/x/y/z'],
      ['TRACE', '/v1/generations'],
    ] as const)
      expectRefusal(await send(method, path), 404);
  });
});

const TOKEN = { provider: 'openai-videos', label: 'x', secret: 'sk-x' };
