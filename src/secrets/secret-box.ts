import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

import type { SecretKey } from './secret-key.js';
import { SecretError } from './secrets.errors.js';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1:([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{38,})$/;

interface DerivedKeys {
  readonly id: string;
  readonly sealing: Buffer;
  readonly fingerprinting: Buffer;
  readonly naming: Buffer;
}

/**
 * Seals secrets for the database with AES-256-GCM, as `v1:<key id>:<base64url of IV, ciphertext and tag>`.
 *
 * A sealed value opens only for the record and with the key id that it was sealed for: moved to another row, renamed,
 * cut or changed in any bit, it is refused. The first key seals; every key opens. Safe to share; holds no state.
 */
export class SecretBox {
  readonly #primary: DerivedKeys;
  readonly #keys: ReadonlyMap<string, DerivedKeys>;

  /** @param keys - at least one; ids are unique */
  constructor(keys: readonly SecretKey[]) {
    const derived = keys.map(derive);
    const [primary] = derived;
    if (primary === undefined) throw new RangeError('keys must hold at least 1 key, got 0');
    this.#primary = primary;
    this.#keys = new Map(derived.map((key) => [key.id, key]));
  }

  /**
   * Seals a text. Sealing twice gives two different values.
   *
   * @param recordId - what the secret belongs to, such as `tok_1/secret`; {@link open} wants the same
   */
  seal(plain: string, recordId: string): string {
    const { id, sealing } = this.#primary;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, sealing, iv).setAAD(associatedData(id, recordId));
    const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1:${id}:${sealed.toString('base64url')}`;
  }

  /**
   * Opens what {@link seal} made for the same record.
   *
   * @throws SecretError `secret_malformed`, `secret_key_unknown` (no key with its id is configured) or
   *   `secret_unopenable` (another key under this id, another record, or a changed value)
   */
  open(sealed: string, recordId: string): string {
    const [, keyId, body] = SEALED.exec(sealed) ?? [];
    if (keyId === undefined || body === undefined) {
      throw SecretError.of('secret_malformed', `The stored secret of ${recordId} is not a sealed value.`);
    }
    const key = this.#keys.get(keyId);
    if (key === undefined) throw this.#unknownKey(keyId, recordId);
    try {
      return decrypt(Buffer.from(body, 'base64url'), key.sealing, associatedData(keyId, recordId));
    } catch (cause) {
      throw SecretError.of(
        'secret_unopenable',
        `The secret of ${recordId} does not open with key "${keyId}": the key is another one than it was sealed with, ` +
          `or the row was changed. Configure the right key in PENSTOCK_SECRET_KEY, or enter the secret again.`,
        cause,
      );
    }
  }

  /**
   * A keyed hash (HMAC-SHA-256, 32 hexadecimal digits) that tells whether two secrets are the same without showing
   * them. It depends on the first key.
   */
  fingerprint(secret: string): string {
    return fingerprintWith(this.#primary, secret);
  }

  /** The fingerprints of a secret under every key, the first key's first: to find what was stored before a rotation. */
  fingerprints(secret: string): readonly string[] {
    return Array.from(this.#keys.values(), (key) => fingerprintWith(key, secret));
  }

  /**
   * Secrets for a use that need not be stored, since they follow from the keys (HMAC-SHA-256, 43 characters of base64url): the first
   * key's, then those of the other keys, which were handed out before a rotation.
   */
  derivedSecrets(use: string): readonly string[] {
    return Array.from(this.#keys.values(), ({ naming }) =>
      createHmac('sha256', naming).update(use, 'utf8').digest('base64url'),
    );
  }

  #unknownKey(keyId: string, recordId: string): SecretError {
    const known = [...this.#keys.keys()].map((id) => `"${id}"`).join(', ');
    return SecretError.of(
      'secret_key_unknown',
      `The secret of ${recordId} was sealed with key "${keyId}", but only ${known} is configured. ` +
        `Add the old key behind the new one in PENSTOCK_SECRET_KEY: <new key>,${keyId}:<old key>.`,
    );
  }
}

function derive({ id, key }: SecretKey): DerivedKeys {
  const subkey = (use: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `penstock/${use}/v1`, 32));
  return { id, sealing: subkey('seal'), fingerprinting: subkey('fingerprint'), naming: subkey('derive') };
}

function associatedData(keyId: string, recordId: string): Buffer {
  return Buffer.from(`v1:${keyId}:${recordId}`, 'utf8');
}

function decrypt(bytes: Buffer, key: Buffer, aad: Buffer): string {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(bytes.subarray(-TAG_BYTES));
  const ciphertext = bytes.subarray(IV_BYTES, -TAG_BYTES);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
}

function fingerprintWith({ fingerprinting }: DerivedKeys, secret: string): string {
  return createHmac('sha256', fingerprinting).update(secret, 'utf8').digest('hex').slice(0, 32);
}
