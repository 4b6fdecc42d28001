import type { NewGeneration } from '../generation.factory.js';

/** A request as a client makes it, with what a test wants to be different. */
export function aRequest(changes: Partial<NewGeneration> = {}): NewGeneration {
  return {
    kind: 'video',
    model: 'sora-2',
    provider: null,
    prompt: 'a cat',
    parameters: { seconds: '4' },
    reference: null,
    metadata: {},
    idempotencyKey: null,
    remixOf: null,
    ...changes,
  };
}
