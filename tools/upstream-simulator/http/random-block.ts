import { SeededRandom } from 'penstock/kernel/testing';

const LENGTH = 65_521;

let block: Buffer | undefined;

/** The same 65,521 bytes (a prime number of them) every time; made when first asked for. */
export function randomBlock(): Buffer {
  if (block !== undefined) return block;
  const random = new SeededRandom(1);
  block = Buffer.from(Array.from({ length: LENGTH }, () => random.below(256)));
  return block;
}
