import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';

import { OWNER } from '../testing/test-engine.js';
import { idempotencyKeyOf, viewerOf } from './request-facts.js';

describe('idempotencyKeyOf', () => {
  it.each([undefined, 'a', 'x'.repeat(255), '0b1e7c1c-7f0e-4f5e-9d5a-0c7c1f6f3a11', '!~'])(
    'takes %j',
    (header) => {
      expect(idempotencyKeyOf(header)).toBe(header ?? null);
    },
  );

  it.each(['', 'x'.repeat(256), 'two words', 'a\tb', 'schlüssel', 'one, two'])('refuses %j', (header) => {
    expect(() => idempotencyKeyOf(header)).toThrow(
      expect.objectContaining({
        code: 'invalid_value',
        field: 'Idempotency-Key',
        message: `Idempotency-Key: got ${header.length} characters, expected 1 to 255 visible ASCII characters without spaces, such as a UUID.`,
      }),
    );
  });
});

describe('viewerOf', () => {
  const asked = (host: string, localAddress = '127.0.0.1') =>
    ({ protocol: 'http', host, socket: { localAddress, localPort: 8080 } }) as FastifyRequest;

  it('knows the server by the name that the client used', () => {
    expect(viewerOf(asked('api.test:81'), OWNER)).toEqual({
      isAdmin: false,
      origin: 'http://api.test:81',
    });
  });

  it.each([
    ['', '127.0.0.1', 'http://127.0.0.1:8080'],
    ['', '::1', 'http://[::1]:8080'],
    ['a b"<>', '127.0.0.1', 'http://127.0.0.1:8080'],
    ['x/y?z', '127.0.0.1', 'http://x'],
  ])('makes a link that works of the host %j', (host, address, origin) => {
    expect(viewerOf(asked(host, address), OWNER).origin).toBe(origin);
  });
});
