import { join, resolve } from 'node:path';

import { z } from 'zod';

import { ConfigError, type ConfigProblem } from './config.errors.js';
import { environmentSchema } from './environment.schema.js';
import type { PenstockConfig, TracingConfig } from './penstock-config.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const HIDDEN = new Set(['PENSTOCK_ADMIN_KEY', 'PENSTOCK_SECRET_KEY', 'OTEL_EXPORTER_OTLP_HEADERS']);

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
  return toConfig(result.data);
}

function toConfig(values: z.output<typeof environmentSchema>): PenstockConfig {
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
    tracing: tracingOf(values),
  });
}

function tracingOf(values: z.output<typeof environmentSchema>): TracingConfig | null {
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
