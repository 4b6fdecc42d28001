import { resolve } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ConfigError } from './config.errors.js';
import { loadConfig } from './load-config.js';
import { LOG_LEVELS } from './penstock-config.js';
import { problemsOf } from './testing/problems-of.js';

const KEY = 'ab'.repeat(32);

describe('loadConfig', () => {
  it('has a default for everything', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: resolve('data'),
      database: { kind: 'sqlite', path: resolve('data/penstock.sqlite') },
      adminKey: null,
      secretKeys: null,
      plugins: [],
      allowPrivateUrls: false,
      logLevel: 'info',
      s3: null,
      tracing: null,
    });
  });

  it('takes every variable', () => {
    const config = loadConfig({
      HOST: '0.0.0.0',
      PORT: '0',
      PENSTOCK_DATA_DIR: '/srv/penstock',
      DATABASE_URL: 'sqlite:/srv/other.sqlite',
      PENSTOCK_ADMIN_KEY: 'sixteen-or-more!',
      PENSTOCK_SECRET_KEY: `new:${KEY}`,
      PENSTOCK_PLUGINS: '@acme/plugin, ./local.js',
      PENSTOCK_ALLOW_PRIVATE_URLS: 'true',
      LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      dataDir: '/srv/penstock',
      database: { kind: 'sqlite', path: '/srv/other.sqlite' },
      adminKey: 'sixteen-or-more!',
      plugins: ['@acme/plugin', './local.js'],
      allowPrivateUrls: true,
      logLevel: 'debug',
    });
    expect(config.secretKeys?.map(({ id }) => id)).toEqual(['new']);
  });

  it('takes where traces go', () => {
    const endpoint = 'https://collector.example/otlp';
    expect(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).tracing).toEqual({
      endpoint,
      headers: {},
      serviceName: 'penstock',
      share: 1,
    });
    const config = loadConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc=, x-tenant = one',
      OTEL_SERVICE_NAME: 'gateway',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(config.tracing).toMatchObject({ serviceName: 'gateway', share: 0.25 });
    expect(config.tracing?.headers).toEqual({ authorization: 'Bearer abc=', 'x-tenant': 'one' });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://collector'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', 'half'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hunter2'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=hunter2%ff'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=hunter2%0a'],
  ])('refuses %s=%s, and shows no header', (variable, value) => {
    const error = problemsOf({ [variable]: value });
    expect(error.problems.map((problem) => problem.variable)).toEqual([variable]);
    expect(error.message).not.toContain('hunter2');
  });

  it('takes empty and blank values as unset', () => {
    const blank = {
      HOST: '',
      PORT: ' ',
      PENSTOCK_ADMIN_KEY: '',
      REDIS_URL: '',
      DATABASE_URL: '\t',
      LOG_LEVEL: '',
    };
    expect(loadConfig(blank)).toEqual(loadConfig({}));
  });

  it('is frozen, lists included', () => {
    const config = loadConfig({ PENSTOCK_SECRET_KEY: KEY });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.database)).toBe(true);
    expect(Object.isFrozen(config.plugins)).toBe(true);
    expect(Object.isFrozen(config.secretKeys)).toBe(true);
  });

  it('names all bad values in one message, each with what was got and what would be right', () => {
    const error = problemsOf({ PORT: '80a', LOG_LEVEL: 'verbose', PENSTOCK_ADMIN_KEY: 'short' });
    expect(error.code).toBe('config_invalid');
    expect(error.message).toBe(
      [
        '3 environment variables are wrong:',
        '  PORT: got "80a"; expected an integer from 0 to 65535.',
        '  PENSTOCK_ADMIN_KEY: got a value of 5 characters (not shown); expected at least 16 (at most 512) visible ASCII characters without spaces.',
        '  LOG_LEVEL: got "verbose"; expected one of fatal, error, warn, info, debug, trace.',
      ].join('\n'),
    );
  });

  it.each([
    'postgres:penstock',
    'postgres://user:hunter2#@db/penstock',
    'postgresql://user:hunter2@db:port/penstock',
    'mysql://user:hunter2@db',
    'sqlite::memory:',
    ':memory:',
  ])('refuses DATABASE_URL=%s', (DATABASE_URL) => {
    const { message } = problemsOf({ DATABASE_URL });
    expect(message).toContain('DATABASE_URL: got');
    expect(message).toContain('or postgres://user:password@host:5432/database');
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['sqlite:./a.sqlite', 'a.sqlite'],
    ['sqlite:///var/a.sqlite', '/var/a.sqlite'],
    ['./b/a.sqlite', 'b/a.sqlite'],
    ['/var/a.sqlite', '/var/a.sqlite'],
  ])('takes DATABASE_URL=%s as the file %s', (DATABASE_URL, path) => {
    expect(loadConfig({ DATABASE_URL }).database).toEqual({ kind: 'sqlite', path: resolve(path) });
  });

  it.each([
    'postgres://user:hunter%232@db:5432/penstock?sslmode=verify-full',
    'postgresql://db/penstock',
    'postgres://user@%2Frun%2Fpostgresql/penstock',
    'postgres:///penstock?host=/run/postgresql',
  ])('takes DATABASE_URL=%s as PostgreSQL', (url) => {
    expect(loadConfig({ DATABASE_URL: url }).database).toEqual({ kind: 'postgres', url });
  });

  it('refuses REDIS_URL until it is understood, without its password', () => {
    const { message } = problemsOf({ REDIS_URL: 'redis://:hunter2@cache:6379' });
    expect(message).toContain(
      'REDIS_URL: got "redis://***@cache:6379"; expected no value: Redis comes in a later',
    );
    expect(message).not.toContain('hunter2');
  });

  it.each(['http://localhost', 'localhost:8080', 'a b', '::1/64', '[::1]'])('refuses HOST=%s', (HOST) => {
    expect(problemsOf({ HOST }).problems.map(({ variable }) => variable)).toEqual(['HOST']);
  });

  it.each(['localhost', '::1', '::', 'penstock.internal'])('takes HOST=%s', (HOST) => {
    expect(loadConfig({ HOST }).host).toBe(HOST);
  });

  it.each(['a,,b', 'a b', ','])('refuses PENSTOCK_PLUGINS=%s', (PENSTOCK_PLUGINS) => {
    expect(problemsOf({ PENSTOCK_PLUGINS }).message).toContain('module specifiers separated by commas');
  });

  it.each(['yes', '1', 'TRUE'])('refuses PENSTOCK_ALLOW_PRIVATE_URLS=%s', (PENSTOCK_ALLOW_PRIVATE_URLS) => {
    expect(problemsOf({ PENSTOCK_ALLOW_PRIVATE_URLS }).message).toContain('expected true or false');
  });

  it('takes exactly the ports from 0 to 65535', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 100_000 }), (port) => {
        const load = () => loadConfig({ PORT: String(port) }).port;
        if (port >= 0 && port <= 65_535) expect(load()).toBe(port);
        else expect(load).toThrow(ConfigError);
      }),
    );
  });

  it('never throws anything else, and never shows a secret', () => {
    const value = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
    const secret = fc.string({ minLength: 8, maxLength: 40, unit: fc.constantFrom('q', 'Z', '€') });
    fc.assert(
      fc.property(value, value, value, secret, (HOST, PORT, PENSTOCK_PLUGINS, hidden) => {
        const environment = { HOST, PORT, PENSTOCK_PLUGINS, PENSTOCK_SECRET_KEY: hidden };
        expect(problemsOf({ ...environment, PENSTOCK_ADMIN_KEY: 'x' }).message).not.toContain(hidden);
      }),
    );
  });

  it('knows every log level', () => {
    expect(LOG_LEVELS.map((LOG_LEVEL) => loadConfig({ LOG_LEVEL }).logLevel)).toEqual([...LOG_LEVELS]);
  });
});
