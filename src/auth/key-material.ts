import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'psk_';
const SHOWN_CHARACTERS = 10;
const LONGEST = 512;

/** A new key with 256 random bits, recognisable by its prefix. */
export function newKey(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** The part of a key that may be shown. */
export function shownPrefix(key: string): string {
  return key.slice(0, SHOWN_CHARACTERS);
}

/** What is stored of a key. A key has so many random bits that a plain hash is enough. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}

/** Compares two hashes in constant time. */
export function sameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** Whether a text could be a key at all, so that nothing needs to be looked up for it. */
export function couldBeKey(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST;
}
