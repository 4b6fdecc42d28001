import { Injectable } from '@nestjs/common';

import { PenstockConfig } from '../config/index.js';

import { STANDARD_PRIORITY } from './key-priority.js';
import { couldBeKey, hashKey, sameHash } from './key-material.js';
import { KeyLookup } from './key-lookup.js';
import { CONFIGURED_KEY_ID, type Principal } from './principal.js';

/** The principal of PENSTOCK_ADMIN_KEY, which has no row. */
const CONFIGURED_ADMIN: Principal = Object.freeze({
  keyId: CONFIGURED_KEY_ID,
  label: 'PENSTOCK_ADMIN_KEY',
  scopes: Object.freeze(['admin'] as const),
  priority: STANDARD_PRIORITY,
});

/** Tells whose key it is. */
@Injectable()
export class Authenticator {
  readonly #configuredHash: string | null;

  constructor(
    config: PenstockConfig,
    private readonly keys: KeyLookup,
  ) {
    this.#configuredHash = config.adminKey === null ? null : hashKey(config.adminKey);
  }

  /** The principal of a key; `null` for a key that is not known. */
  async authenticate(key: string): Promise<Principal | null> {
    if (!couldBeKey(key)) return null;
    const hash = hashKey(key);
    if (this.#configuredHash !== null && sameHash(hash, this.#configuredHash)) return CONFIGURED_ADMIN;
    return this.keys.find(hash);
  }
}
