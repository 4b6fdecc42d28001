import type { JsonValue } from 'penstock/kernel';

import { ProviderError } from './provider-failure.js';

/** What a parameter is in an upstream's JSON; a text when nothing is said. */
export type ParameterType = 'integer' | 'number' | 'boolean';

/**
 * The parameters of a request, which are texts, as an upstream's JSON has them.
 *
 * @throws ProviderError `invalid_request` that names the parameter
 */
export function typedParameters(
  parameters: Readonly<Record<string, string>>,
  types: Readonly<Record<string, ParameterType>>,
): Readonly<Record<string, JsonValue>> {
  const typed = (name: string, text: string): JsonValue => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    return type === undefined ? text : (READ[type](text) ?? refuse(name, text, type));
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, typed(name, text)]));
}

const READ: Readonly<Record<ParameterType, (text: string) => JsonValue | undefined>> = {
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined),
  number: (text) => (/^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined),
};

function refuse(name: string, text: string, type: ParameterType): never {
  const message = `${name}: got ${JSON.stringify(text.slice(0, 100))}, expected ${EXPECTED[type]}.`;
  throw new ProviderError({ kind: 'invalid_request', param: name }, message);
}

const EXPECTED: Readonly<Record<ParameterType, string>> = {
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
};
