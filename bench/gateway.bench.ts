import { calls, ROUNDS } from './gateway/calls.js';
import { downloads } from './gateway/downloads.js';
import { peers } from './gateway/peers.js';
import { machine } from './support/machine.js';

/**
 * What the gateway adds to its upstream, and how it does beside another gateway. Upstream, gateway and load are processes of
 * their own; rounds alternate, and each figure is the median of the rounds.
 */
export async function gateway(): Promise<void> {
  console.log(`\n## gateway\n\n${machine()}; ${String(ROUNDS)} rounds that alternate, medians`);
  for (const part of [calls, downloads, peers]) {
    console.log('');
    await part();
  }
}
