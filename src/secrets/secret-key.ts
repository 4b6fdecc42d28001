import { createHash } from 'node:crypto';

/** A key that seals secrets, with the id that sealed values carry. */
export interface SecretKey {
  /** 1 to 32 letters, digits, hyphens and underscores. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** What {@link parseSecretKeys} takes, for messages. */
export const SECRET_KEY_FORMAT =
  '32 bytes as 64 hexadecimal digits or as base64 (openssl rand -hex 32), or several of them separated by commas, ' +
  'each with an id before it if you like (new:<key>,old:<key>), of which the first seals';

const BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;
const ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * Reads one key or a comma-separated list. A key without an id is named after its own hash, so the same key always
 * gets the same id and another key never does.
 *
 * @returns the keys in their order, or `undefined` when the text is none of this or names an id twice
 */
export function parseSecretKeys(text: string): readonly SecretKey[] | undefined {
  const keys: SecretKey[] = [];
  for (const part of text.split(',')) {
    const key = parseOne(part.trim());
    if (key === undefined || keys.some(({ id }) => id === key.id)) return undefined;
    keys.push(key);
  }
  return keys;
}

function parseOne(text: string): SecretKey | undefined {
  const colon = text.indexOf(':');
  const key = decodeKey(text.slice(colon + 1).trim());
  if (key === undefined) return undefined;
  const id = colon === -1 ? derivedId(key) : text.slice(0, colon).trim();
  return ID.test(id) ? { id, key } : undefined;
}

function decodeKey(text: string): Buffer | undefined {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === BYTES ? bytes : undefined;
}

function derivedId(key: Buffer): string {
  return createHash('sha256').update('penstock secret key id').update(key).digest('hex').slice(0, 8);
}
