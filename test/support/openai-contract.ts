import { readFileSync } from 'node:fs';

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const DOCUMENT = new URL('../fixtures/openai-media.openapi.yaml', import.meta.url);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addFormat('unixtime', {
  type: 'number',
  validate: (value: number) => Number.isInteger(value) && value > 0,
});
ajv.addSchema(parse(readFileSync(DOCUMENT, 'utf8')) as object, 'openai');

/** A schema of the OpenAI contract by name. */
function contractSchema(name: string): ValidateFunction {
  return ajv.compile({ $ref: `openai#/components/schemas/${name}` });
}

/** What keeps `value` from having the shape that the contract names; empty when it has. */
export function contractProblems(name: string, value: unknown): readonly string[] {
  const validate = contractSchema(name);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}
