import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { resolvePostgresOptions, type PostgresOptions } from './postgres.options.js';

const url = 'postgres://user:hunter2@db.example:5433/penstock?sslmode=disable';

describe('resolvePostgresOptions', () => {
  it('adds the defaults, and freezes', () => {
    const options = resolvePostgresOptions({ url });
    expect(options).toMatchObject({
      url,
      readers: 5,
      writers: 1,
      exclusive: false,
      ownerTimeoutMs: 5000,
      acquireTimeoutMs: 10_000,
      closeTimeoutMs: 10_000,
      migrationsRun: true,
      synchronize: false,
      location: 'db.example:5433/penstock',
    });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('takes what is given', () => {
    const options = resolvePostgresOptions({ url, readers: 64, writers: 8, acquireTimeoutMs: 5 });
    expect(options).toMatchObject({ readers: 64, writers: 8, acquireTimeoutMs: 5 });
  });

  it('knows where a socket is', () => {
    expect(resolvePostgresOptions({ url: 'postgresql://me@%2Frun%2Fpg/penstock' }).location).toBe(
      '/run/pg:5432/penstock',
    );
  });

  it.each<[Partial<PostgresOptions>, string]>([
    [{ readers: 0 }, 'readers must be an integer from 1 to 64, got 0'],
    [{ writers: 65 }, 'writers must be an integer from 1 to 64, got 65'],
    [{ acquireTimeoutMs: 0 }, 'acquireTimeoutMs must be an integer from 1 to 2147483647, got 0'],
    [{ closeTimeoutMs: -1 }, 'closeTimeoutMs must be an integer from 0 to 2147483647, got -1'],
    [{ ownerTimeoutMs: 0.5 }, 'ownerTimeoutMs must be an integer from 0 to 2147483647, got 0.5'],
    [{ exclusive: true, writers: 2 }, 'writers must be 1 with exclusive, got 2'],
  ])('refuses %j', (options, message) => {
    expect(() => resolvePostgresOptions({ url, ...options })).toThrow(new RangeError(message));
  });

  it('refuses what is no URL of PostgreSQL, without showing it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('mysql://', 'postgres:', '', 'postgres://user:p#'),
        fc.constantFrom('hunter2', 'hunter2@db:port/x'),
        (start, rest) => {
          const failure = failureOf(() => resolvePostgresOptions({ url: start + rest }));
          expect(failure).toBeInstanceOf(RangeError);
          expect(String(failure)).toContain('url must be like postgres://user:password@host:5432/database');
          expect(String(failure)).not.toContain('hunter2');
        },
      ),
    );
  });
});

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
