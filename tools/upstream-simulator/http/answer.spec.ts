import { describe, expect, it } from 'vitest';

import { bodyAnswer, jsonAnswer, type Answer } from './answer.js';
import { heldBody } from './body.js';

const BODY = heldBody(Buffer.from('0123456789'), 'text/plain', '"v1"');

const sent = ({ body }: Answer): string =>
  typeof body === 'string' ? body : Buffer.concat([...body.chunks()]).toString();

describe('jsonAnswer', () => {
  it('says that it is JSON', () => {
    const answer = jsonAnswer(201, { a: 'ü' });
    expect(answer).toEqual({
      status: 201,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"a":"ü"}',
    });
  });
});

describe('bodyAnswer', () => {
  it.each([
    [undefined, undefined, 200, '0123456789', undefined],
    ['bytes=2-4', undefined, 206, '234', 'bytes 2-4/10'],
    ['bytes=-3', undefined, 206, '789', 'bytes 7-9/10'],
    ['bytes=10-', undefined, 416, '', 'bytes */10'],
    ['bytes=2-4', '"v1"', 206, '234', 'bytes 2-4/10'],
    ['bytes=2-4', '"v0"', 200, '0123456789', undefined],
    ['bytes=99-', '"v0"', 200, '0123456789', undefined],
  ])('answers range %s with if-range %s by %i', (...row) => {
    const [range, ifRange, status, text, contentRange] = row;
    const answer = bodyAnswer(BODY, range, ifRange);
    expect(answer.status).toBe(status);
    expect(sent(answer)).toBe(text);
    expect(answer.headers['content-range']).toBe(contentRange);
    expect(answer.headers).toMatchObject({
      etag: '"v1"',
      'accept-ranges': 'bytes',
      'content-type': 'text/plain',
    });
  });

  it('knows how long each part is', () => {
    const { body } = bodyAnswer(BODY, 'bytes=2-4', undefined);
    expect(typeof body === 'string' ? null : body.size).toBe(3);
  });
});
