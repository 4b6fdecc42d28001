import { CodedError } from 'penstock/kernel';

const FORBIDDEN = new Set(['__proto__', 'constructor']);

/**
 * Parses a JSON body.
 *
 * @throws CodedError `invalid_json` (category `invalid_input`) that says where it is malformed; keys that could reach an
 *   object's prototype count as malformed
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') {
    throw invalidJson('it is empty, though content-type is application/json');
  }
  try {
    return JSON.parse(text, refuseForbidden);
  } catch (error) {
    if (error instanceof RangeError) throw invalidJson('it is nested too deeply');
    throw error instanceof SyntaxError
      ? invalidJson(error.message.replace(/ is not valid JSON$/, ''))
      : error;
  }
}

function refuseForbidden(key: string, value: unknown): unknown {
  if (FORBIDDEN.has(key)) throw invalidJson(`the key "${key}" is not taken`);
  return value;
}

function invalidJson(reason: string): CodedError {
  return new CodedError('invalid_json', 'invalid_input', `The body is not valid JSON: ${reason}.`);
}
