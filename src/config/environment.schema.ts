import { resolve } from 'node:path';

import { z } from 'zod';

import { parseSecretKeys, SECRET_KEY_FORMAT } from '../secrets/secret-key.js';

import { LOG_LEVELS, type DatabaseLocation, type LogLevel } from './penstock-config.js';

const ADMIN_KEY = /^[\x21-\x7e]{16,512}$/;
const ACCESS_KEY_FORMAT = 'visible ASCII characters, and both parts of the key or neither';
const SPECIFIER = /^[^\s,]+$/;

/** A variable whose text `parse` understands; otherwise the problem says what was expected. */
const text = <T>(expected: string, parse: (text: string) => T | undefined) =>
  z.string().transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

const flag = text('true or false', (value) =>
  value === 'true' || value === 'false' ? value === 'true' : undefined,
);

/** The variables that Penstock reads. The message of an issue says what would be right. */
export const environmentSchema = z.object({
  HOST: text('a host name or address such as 127.0.0.1 or 0.0.0.0, without scheme, port and path', (value) =>
    /^[^\s/[\]]+$/.test(value) && !/^[^:]*:[^:]*$/.test(value) ? value : undefined,
  ).default('127.0.0.1'),

  PORT: text('an integer from 0 to 65535', (value) =>
    /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? Number(value) : undefined,
  ).default(8080),

  PENSTOCK_DATA_DIR: text('the path of a folder', (value) => value).default('./data'),

  DATABASE_URL: text(
    'the path of a SQLite file, as ./penstock.sqlite or sqlite:./penstock.sqlite, or ' +
      'postgres://user:password@host:5432/database with special characters percent-encoded',
    databaseLocation,
  ).optional(),

  REDIS_URL: text('no value: Redis comes in a later version', (): undefined => undefined).optional(),

  PENSTOCK_ADMIN_KEY: text('at least 16 (at most 512) visible ASCII characters without spaces', (value) =>
    ADMIN_KEY.test(value) ? value : undefined,
  ).optional(),

  PENSTOCK_SECRET_KEY: text(SECRET_KEY_FORMAT, parseSecretKeys).optional(),

  PENSTOCK_PLUGINS: text('module specifiers separated by commas', specifiers).default([]),

  PENSTOCK_ALLOW_PRIVATE_URLS: flag.default(false),

  PENSTOCK_S3_BUCKET: text('the name of a bucket', (value) =>
    /^[\w.-]{3,255}$/.test(value) ? value : undefined,
  ).optional(),

  PENSTOCK_S3_ENDPOINT: text(
    'an http: or https: URL such as https://s3.example, without credentials',
    httpUrl,
  ).optional(),

  PENSTOCK_S3_REGION: text('a region such as eu-central-1', (value) =>
    /^[\w-]{1,64}$/.test(value) ? value : undefined,
  ).default('us-east-1'),

  PENSTOCK_S3_FORCE_PATH_STYLE: flag.default(false),

  PENSTOCK_S3_PREFIX: text('letters, digits, dots, hyphens and slashes, with a slash at the end', (value) =>
    /^[\w.-][\w./-]{0,198}\/$/.test(value) ? value : undefined,
  ).default('penstock/'),

  PENSTOCK_S3_ACCESS_KEY_ID: text(ACCESS_KEY_FORMAT, accessKey).optional(),

  PENSTOCK_S3_SECRET_ACCESS_KEY: text(ACCESS_KEY_FORMAT, accessKey).optional(),

  LOG_LEVEL: text(`one of ${LOG_LEVELS.join(', ')}`, (value): LogLevel | undefined =>
    LOG_LEVELS.find((level) => level === value),
  ).default('info'),

  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    'an http: or https: URL such as http://127.0.0.1:4318, to which /v1/traces is added',
    (value) => (/^https?:\/\//i.test(value) && URL.canParse(value) ? value : undefined),
  ).optional(),

  OTEL_EXPORTER_OTLP_HEADERS: text(
    'headers as name=value,name=value, values percent-encoded',
    parseHeaders,
  ).default({}),

  OTEL_SERVICE_NAME: text('a name', (value) => value).default('penstock'),

  OTEL_TRACES_SAMPLER_ARG: text('a number from 0 to 1', (value) =>
    /^(0|1|0?\.\d+|1\.0+|0\.\d+)$/.test(value) ? Number(value) : undefined,
  ).default(1),
});

function accessKey(value: string): string | undefined {
  return /^[\x21-\x7e]{1,512}$/.test(value) ? value : undefined;
}

function httpUrl(value: string): string | undefined {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return undefined;
  const { username, password } = new URL(value);
  return username === '' && password === '' ? value : undefined;
}

function parseHeaders(value: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const pair of value.split(',')) {
    const [, name, encoded = ''] = /^\s*([\w-]+)\s*=\s*([\x20-\x7e]+?)\s*$/.exec(pair) ?? [];
    const decoded = decode(encoded);
    if (name === undefined || decoded === undefined || !/^[\x20-\x7e]+$/.test(decoded)) return undefined;
    headers[name] = decoded;
  }
  return headers;
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function databaseLocation(value: string): DatabaseLocation | undefined {
  if (/^postgres(?:ql)?:/i.test(value)) {
    return /^[a-z]+:\/\//i.test(value) && URL.canParse(value) ? { kind: 'postgres', url: value } : undefined;
  }
  const path = sqlitePath(value);
  return path === undefined ? undefined : { kind: 'sqlite', path: resolve(path) };
}

/** A path, from `sqlite:path`, `sqlite://path` or the path alone; nothing for other schemes and for databases in memory. */
function sqlitePath(value: string): string | undefined {
  const path = value.replace(/^sqlite:(\/\/)?/, '');
  const hasOtherScheme = /^[a-z][a-z0-9+.-]+:/i.test(path);
  return path === '' || path.startsWith(':') || hasOtherScheme ? undefined : path;
}

function specifiers(value: string): string[] | undefined {
  const parts = value.split(',').map((part) => part.trim());
  return parts.every((part) => SPECIFIER.test(part)) ? parts : undefined;
}
