import type { PollTraits } from 'penstock/polling';

import type { Generation } from '../generation.entity.js';

/** What the duration of a generation may depend on. */
export function pollTraitsOf({ kind, provider, model, input }: Generation): PollTraits {
  const { size, seconds, duration = seconds } = input.parameters;
  return {
    kind,
    model,
    ...(provider === null ? {} : { provider }),
    ...(size === undefined ? {} : { size }),
    ...(duration === undefined ? {} : { duration }),
  };
}
