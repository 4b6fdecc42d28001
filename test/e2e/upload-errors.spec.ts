import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { filePart, form, FORM, type Part } from '../support/form.js';
import { sendAndHangUp, type RawAnswer } from '../support/raw-http.js';
import { expectNoTraces, expectRefusal, post } from '../support/refusal.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

const MIB = 2 ** 20;

describe('a form that is wrong', () => {
  let on: Stage;
  const picture = filePart('a picture');
  const upload = (...parts: readonly Part[]): Promise<RawAnswer> =>
    post(on, '/v1/videos', form(...parts), FORM);

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  });
  afterAll(() => on.close());
  expectNoTraces(() => on);

  it('without a prompt or with an unknown field is refused', async () => {
    expectRefusal(await upload(picture), 400, { param: 'prompt', code: 'missing_required_parameter' });
    expectRefusal(await upload(picture, ['prompt', 'x'], ['lenght', '4']), 400, { param: 'lenght' });
  });

  it('with a file and a URL as references is refused, and the file is gone', async () => {
    const url: Part = ['input_reference[image_url]', 'https://example.com/y.png'];
    expectRefusal(await upload(['prompt', 'x'], picture, url), 400, { param: 'input_reference' });
  });

  it('with two files is refused', async () => {
    const answer = await upload(['prompt', 'x'], picture, picture);
    expectRefusal(answer, 400, { param: 'input_reference' });
  });

  it('with a file in another field is refused', async () => {
    expectRefusal(
      await upload(['prompt', 'x'], filePart('a', { name: 'a.png', type: 'image/png', field: 'image' })),
      400,
      {
        param: 'image',
      },
    );
  });

  it('with a file of a wrong type or a wrong model is refused', async () => {
    expectRefusal(
      await upload(['prompt', 'x'], filePart('MZ', { name: 'a.exe', type: 'application/octet-stream' })),
      400,
      {
        param: 'input_reference',
      },
    );
    expectRefusal(await upload(['prompt', 'x'], picture, ['model', 'nope']), 404, {
      code: 'model_not_found',
    });
    expectRefusal(await upload(['prompt', 'x'], picture, ['size', '1x1']), 400, { param: 'size' });
  });

  it('with a file that is too large is refused with 413', async () => {
    const large = filePart('x'.repeat(20 * MIB + 1), { name: 'a.png', type: 'image/png' });
    expectRefusal(await upload(['prompt', 'x'], large), 413, {
      code: 'file_too_large',
      param: 'input_reference',
    });
    const huge = await upload(
      ['prompt', 'x'],
      filePart('x'.repeat(40 * MIB), { name: 'a.png', type: 'image/png' }),
    ).catch(() => null);
    if (huge !== null) expectRefusal(huge, 413);
  });

  it('with too many parts or a field that is too long is refused', async () => {
    const many = Array.from({ length: 30 }, (_, n): Part => [`f${String(n)}`, 'x']);
    const tooMany = await upload(picture, ...many);
    expect([400, 413]).toContain(tooMany.status);
    expectRefusal(tooMany, tooMany.status);
    const long = await upload(['prompt', 'x'.repeat(300_000)], picture);
    expect([400, 413]).toContain(long.status);
    expectRefusal(long, long.status);
  });

  it('that names no boundary is refused', async () => {
    expectRefusal(await post(on, '/v1/videos', 'x', { 'content-type': 'multipart/form-data' }), 400);
  });

  it('that is no form is refused', async () => {
    expectRefusal(await post(on, '/v1/videos', 'not a form', FORM), 400);
  });

  it('that ends early is refused', async () => {
    const whole = form(['prompt', 'x'], picture).toString();
    expectRefusal(await post(on, '/v1/videos', whole.slice(0, -40), FORM), 400);
  });

  it('whose sender hangs up half way leaves nothing', async () => {
    const body = form(
      ['prompt', 'x'],
      filePart('x'.repeat(200_000), { name: 'a.png', type: 'image/png' }),
    ).toString();
    await sendAndHangUp(
      on.api.url,
      `POST /v1/videos HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${on.api.key}\r\n` +
        `content-type: ${FORM['content-type']}\r\ncontent-length: ${String(body.length)}\r\n\r\n${body.slice(0, 100_000)}`,
    );
    expect((await fetch(`${on.api.url}/health/live`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 100));
  });

  it('with a file name from hell is refused or harmless', async () => {
    for (const name of ['../../../etc/passwd', 'a\u0000.png', `${'x'.repeat(5_000)}.png`]) {
      const answer = await upload(['prompt', ''], filePart('a picture', { name }));
      expectRefusal(answer, 400);
    }
  });

  it('with a field twice is refused', async () => {
    expectRefusal(await upload(['prompt', 'x'], ['prompt', 'y']), 400, { param: 'prompt' });
  });
});
