import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { SecretBox } from '../secrets/index.js';

/** Which file, and until when. */
export interface LinkClaim {
  readonly generationId: string;
  /** Among the files of the generation. */
  readonly position: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Signs what links claim (HMAC-SHA-256). The key follows from the keys that seal secrets, so nothing is stored. */
@Injectable()
export class LinkSigner {
  constructor(private readonly box: SecretBox) {}

  /** @returns 43 characters of base64url */
  sign(claim: LinkClaim): string {
    return signature(this.#keys()[0] ?? '', claim);
  }

  /** Whether this was signed here, also by a key that has been replaced since; in constant time. */
  isGenuine(claim: LinkClaim, given: string): boolean {
    return this.#keys().reduce((known, key) => isEqual(signature(key, claim), given) || known, false);
  }

  #keys(): readonly string[] {
    return this.box.derivedSecrets('links');
  }
}

/** No id holds a line break, so no claim reads as another. */
function signature(key: string, { generationId, position, expires }: LinkClaim): string {
  const text = [generationId, String(position), String(expires)].join('\n');
  return createHmac('sha256', key).update(text, 'utf8').digest('base64url');
}

/** Of the hashes, so that neither the length nor the common beginning shows in the time it takes. */
function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
