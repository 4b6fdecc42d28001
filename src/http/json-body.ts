import { CodedError } from 'penstock/kernel';

const FORBIDDEN = new Set(['__proto__', 'constructor']);

/** Leaves a byte order mark out, as RFC 8259 allows. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON body in UTF-8.
 *
 * @throws CodedError `invalid_json` (category `invalid_input`) that says where it is malformed; keys that could reach an
 *   object's prototype count as malformed, and so do texts that hold a NUL, which not every database can store
 */
export function parseJsonBody(body: Uint8Array): unknown {
  const text = decode(body);
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

function decode(body: Uint8Array): string {
  try {
    return UTF_8.decode(body);
  } catch {
    throw invalidJson('it is not UTF-8');
  }
}

function refuseForbidden(key: string, value: unknown): unknown {
  if (FORBIDDEN.has(key)) throw invalidJson(`the key "${key}" is not taken`);
  if (key.includes('\0')) throw invalidJson('a key holds a NUL');
  if (typeof value === 'string' && value.includes('\0')) throw invalidJson(`"${key}" holds a NUL`, key);
  return value;
}

function invalidJson(reason: string, field = ''): CodedError {
  const message = `The body is not valid JSON: ${reason}.`;
  return new CodedError('invalid_json', 'invalid_input', message, field === '' ? {} : { field });
}
