import { describe, expect, it } from 'vitest';

import { resolveDatabaseOptions, type DatabaseOptions } from './database.options.js';

const path = 'data/x.db';

describe('resolveDatabaseOptions', () => {
  it('adds the defaults, and freezes', () => {
    const options = resolveDatabaseOptions({ path });
    expect(options).toMatchObject({
      path,
      readers: 5,
      acquireTimeoutMs: 10_000,
      busyTimeoutMs: 5000,
      closeTimeoutMs: 10_000,
      statementCacheSize: 100,
      threads: 4,
      migrationsRun: true,
      synchronize: false,
      attach: {},
      leakReportMs: 30_000,
      pragmas: { synchronous: 'NORMAL', cacheSize: 10_000, tempStore: 'MEMORY', foreignKeys: true },
    });
    expect(Object.isFrozen(options)).toBe(true);
    expect(Object.isFrozen(options.pragmas)).toBe(true);
  });

  it('takes what is given, one pragma alone too', () => {
    const options = resolveDatabaseOptions({
      path,
      readers: 64,
      pragmas: { foreignKeys: false, cacheSize: -2000 },
    });
    expect(options).toMatchObject({
      readers: 64,
      pragmas: { foreignKeys: false, cacheSize: -2000, synchronous: 'NORMAL' },
    });
  });

  it.each<[Partial<DatabaseOptions>, string]>([
    [{ path: '' }, 'path must be a file or ":memory:", got ""'],
    [{ path: 'file:x.db' }, 'path must be a plain path, not a URI, got file:x.db'],
    [{ readers: 0 }, 'readers must be an integer from 1 to 64, got 0'],
    [{ readers: 65 }, 'readers must be an integer from 1 to 64, got 65'],
    [{ readers: 1.5 }, 'readers must be an integer from 1 to 64, got 1.5'],
    [{ acquireTimeoutMs: 0 }, 'acquireTimeoutMs must be an integer from 1 to 2147483647, got 0'],
    [{ busyTimeoutMs: -1 }, 'busyTimeoutMs must be an integer from 0 to 2147483647, got -1'],
    [{ closeTimeoutMs: Number.NaN }, 'closeTimeoutMs must be an integer from 0 to 2147483647, got NaN'],
    [{ statementCacheSize: 0 }, 'statementCacheSize must be an integer from 1 to 10000, got 0'],
    [{ leakReportMs: -1 }, 'leakReportMs must be an integer from 0 to 2147483647, got -1'],
    [
      { attach: { temp: 'x' } },
      'attach must have names of letters, digits and "_" other than "main" and "temp", got "temp"',
    ],
    [{ threads: 1 }, 'threads must be an integer from 2 to 1024, got 1'],
    [
      { pragmas: { cacheSize: 0.5 } },
      'pragmas.cacheSize must be an integer from -2147483648 to 2147483647, got 0.5',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => resolveDatabaseOptions({ path, ...options })).toThrow(new RangeError(message));
  });

  it('refuses a pragma of another kind, so that no SQL gets in', () => {
    const pragmas: unknown = { synchronous: 'NORMAL; DROP TABLE token' };
    expect(() =>
      resolveDatabaseOptions({ path, pragmas: pragmas as NonNullable<DatabaseOptions['pragmas']> }),
    ).toThrow('pragmas.synchronous must be one of OFF, NORMAL, FULL, EXTRA, got NORMAL; DROP TABLE token');
  });
});
