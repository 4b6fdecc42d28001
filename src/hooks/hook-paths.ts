import { createHash, timingSafeEqual } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { SecretBox } from '../secrets/index.js';
import { hookPath } from './hook-route.js';

/** The secret paths at which upstreams call back. They follow from the keys that seal secrets, so nothing is stored. */
@Injectable()
export class HookPaths {
  constructor(private readonly box: SecretBox) {}

  /** The path of a provider. */
  of(provider: string): string {
    return hookPath(provider, this.#secretsOf(provider)[0] ?? '');
  }

  /** Whether a path was made for this provider, also by a key that has been replaced since; in constant time. */
  knows(provider: string, secret: string): boolean {
    return this.#secretsOf(provider).reduce((known, each) => isEqual(each, secret) || known, false);
  }

  #secretsOf(provider: string): readonly string[] {
    return this.box.derivedSecrets(`hooks/${provider}`);
  }
}

/** Of the hashes, so that neither the length nor the common beginning shows in the time it takes. */
function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
