import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SecretBox } from '../secrets/index.js';
import type { SecretKey } from '../secrets/secret-key.js';
import { LinkSigner, type LinkClaim } from './link-signer.js';

const key = (id: string): SecretKey => ({ id, key: Buffer.alloc(32, id) });
const CLAIM: LinkClaim = { generationId: 'video_1', position: 0, expires: 1_800_000_000 };

describe('LinkSigner', () => {
  const old = new LinkSigner(new SecretBox([key('old')]));
  const rotated = new LinkSigner(new SecretBox([key('new'), key('old')]));

  it('signs the same after a restart', () => {
    const again = new LinkSigner(new SecretBox([key('old')]));
    expect(old.sign(CLAIM)).toMatch(/^[\w-]{43}$/);
    expect(again.isGenuine(CLAIM, old.sign(CLAIM))).toBe(true);
  });

  it('takes a signature for nothing but what it was made for', () => {
    const claims = fc.record({
      generationId: fc.stringMatching(/^[a-z]{1,3}_[0-9]{1,3}$/),
      position: fc.nat({ max: 30 }),
      expires: fc.nat({ max: 300 }),
    });
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(old.isGenuine(other, old.sign(one))).toBe(isSame);
      }),
    );
    const near = { generationId: 'video_11', position: 1, expires: 1 };
    expect(old.isGenuine({ generationId: 'video_1', position: 11, expires: 1 }, old.sign(near))).toBe(false);
  });

  it('refuses what is changed, cut, longer or signed by nobody', () => {
    const signed = old.sign(CLAIM);
    const swapped = `${signed.startsWith('a') ? 'b' : 'a'}${signed.slice(1)}`;
    for (const wrong of ['', signed.slice(1), `${signed}a`, swapped, 'x'.repeat(43), 'é'.repeat(43)])
      expect(old.isGenuine(CLAIM, wrong)).toBe(false);
    expect(new LinkSigner(new SecretBox([key('other')])).isGenuine(CLAIM, signed)).toBe(false);
  });

  it('knows links of before a rotation of the key, and signs with the new one', () => {
    expect(rotated.sign(CLAIM)).not.toBe(old.sign(CLAIM));
    expect(rotated.isGenuine(CLAIM, old.sign(CLAIM))).toBe(true);
    expect(old.isGenuine(CLAIM, rotated.sign(CLAIM))).toBe(false);
  });
});
