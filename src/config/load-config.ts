import { join, resolve } from 'node:path';

import { z } from 'zod';

import { ConfigError, type ConfigProblem } from './config.errors.js';
import { environmentSchema } from './environment.schema.js';
import type { PenstockConfig, S3Config, TracingConfig } from './penstock-config.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const HIDDEN = new Set([
  'PENSTOCK_ADMIN_KEY',
  'PENSTOCK_SECRET_KEY',
  'PENSTOCK_S3_ACCESS_KEY_ID',
  'PENSTOCK_S3_SECRET_ACCESS_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
]);

/**
 * Turns environment variables into the configuration. Pure: reads nothing else and changes nothing. A variable that is
 * empty or blank counts as unset; unknown ones are ignored.
 *
 * @throws ConfigError that names every bad variable
 */
export function loadConfig(environment: Environment): PenstockConfig {
  const given = givenValues(environment);
  const result = environmentSchema.safeParse(given);
  if (!result.success) throw new ConfigError(result.error.issues.map((issue) => problem(issue, given)));
  const missing = missingOfS3(result.data, given);
  if (missing.length > 0) throw new ConfigError(missing);
  return toConfig(result.data);
}

type Values = z.output<typeof environmentSchema>;

function toConfig(values: Values): PenstockConfig {
  const dataDir = resolve(values.PENSTOCK_DATA_DIR);
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    dataDir,
    database: Object.freeze(
      values.DATABASE_URL ?? { kind: 'sqlite' as const, path: join(dataDir, 'penstock.sqlite') },
    ),
    adminKey: values.PENSTOCK_ADMIN_KEY ?? null,
    secretKeys: values.PENSTOCK_SECRET_KEY === undefined ? null : Object.freeze(values.PENSTOCK_SECRET_KEY),
    plugins: Object.freeze(values.PENSTOCK_PLUGINS),
    allowPrivateUrls: values.PENSTOCK_ALLOW_PRIVATE_URLS,
    logLevel: values.LOG_LEVEL,
    s3: s3Of(values),
    tracing: tracingOf(values),
  });
}

/** A key has two parts, and what is said of S3 means nothing without a bucket. */
function missingOfS3(values: Values, given: Readonly<Record<string, string>>): readonly ConfigProblem[] {
  const { PENSTOCK_S3_BUCKET: bucket, PENSTOCK_S3_ACCESS_KEY_ID: id } = values;
  const others = Object.keys(given).filter((name) => name.startsWith('PENSTOCK_S3_'));
  if (bucket === undefined && others.length > 0) {
    const expected = `the name of a bucket, since ${others.join(', ')} is set`;
    return [{ variable: 'PENSTOCK_S3_BUCKET', got: 'nothing', expected }];
  }
  if ((id === undefined) === (values.PENSTOCK_S3_SECRET_ACCESS_KEY === undefined)) return [];
  const variable = id === undefined ? 'PENSTOCK_S3_ACCESS_KEY_ID' : 'PENSTOCK_S3_SECRET_ACCESS_KEY';
  return [{ variable, got: 'nothing', expected: 'both parts of the access key, or neither' }];
}

function s3Of(values: Values): S3Config | null {
  const { PENSTOCK_S3_ACCESS_KEY_ID: accessKeyId, PENSTOCK_S3_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (values.PENSTOCK_S3_BUCKET === undefined) return null;
  return Object.freeze({
    bucket: values.PENSTOCK_S3_BUCKET,
    endpoint: values.PENSTOCK_S3_ENDPOINT ?? null,
    region: values.PENSTOCK_S3_REGION,
    forcePathStyle: values.PENSTOCK_S3_FORCE_PATH_STYLE,
    prefix: values.PENSTOCK_S3_PREFIX,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? null
        : Object.freeze({ accessKeyId, secretAccessKey }),
  });
}

function tracingOf(values: Values): TracingConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = values;
  if (endpoint === undefined) return null;
  const { OTEL_SERVICE_NAME: serviceName, OTEL_TRACES_SAMPLER_ARG: share } = values;
  return Object.freeze({ endpoint, headers: Object.freeze(headers), serviceName, share });
}

function givenValues(environment: Environment): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(environmentSchema.shape)) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') given[name] = value;
  }
  return given;
}

function problem(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): ConfigProblem {
  const variable = String(issue.path[0]);
  return { variable, got: shown(variable, given[variable] ?? ''), expected: issue.message };
}

function shown(variable: string, value: string): string {
  if (HIDDEN.has(variable)) return `a value of ${value.length} characters (not shown)`;
  if (/^postgres(?:ql)?:/i.test(value)) return 'a PostgreSQL URL that cannot be read (not shown)';
  const withoutCredentials = value.replace(/\/\/.*@/, '//***@');
  return JSON.stringify(
    withoutCredentials.length > 80 ? `${withoutCredentials.slice(0, 80)}…` : withoutCredentials,
  );
}
