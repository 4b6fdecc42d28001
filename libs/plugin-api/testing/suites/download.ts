import { buffer } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import { contextOn, downloadRequestOf, jobOf, methodOf } from '../calls.js';
import { type ProviderContract, SECRETS } from '../provider-contract.js';
import type { Answer, Exchange } from '../reply.js';
import { failureOf } from '../well-formed.js';
import type { SuiteParts } from './suite-parts.js';

/** The bytes of an asset, whole and in part. */
export function describeDownload({ contract, upstream }: SuiteParts): void {
  const section = contract.download;
  if (section === undefined) return;
  const download = (answer: Answer, range: string | null = null) => {
    const { locate, also } = section;
    upstream().script({ ...section, answer, also: { ...also, ...locatedBy(locate) } });
    const request = { ...downloadRequestOf(contract), range };
    return methodOf(contract.create(), 'download')(jobOf(contract), request, contextOn(upstream().base));
  };

  describe('download', () => {
    it('hands over the content and its type', async () => {
      const { status, contentType, contentLength, contentRange, body } = await download(section.answer);
      expect({ status, contentType, contentRange }).toEqual({
        status: 200,
        contentType: section.contentType,
        contentRange: null,
      });
      expect([null, section.content.length]).toContain(contentLength);
      expect(await buffer(body)).toEqual(Buffer.from(section.content));
    });

    it('passes a range on, and the part that comes back', async () => {
      const { status, contentRange, body } = await download(partOf(section), 'bytes=1-2');
      expect(upstream().received(section.route).at(-1)?.headers['range']).toBe('bytes=1-2');
      expect({ status, contentRange }).toEqual({ status: 206, contentRange: 'bytes 1-2/*' });
      expect(await buffer(body)).toEqual(Buffer.from(section.content.subarray(1, 3)));
    });

    it('hands over that a range is outside of the asset', async () => {
      const outside = { status: 416, headers: { 'content-range': 'bytes */9' }, text: '' };
      const { status, contentRange, body } = await download(outside, 'bytes=100-');
      body.destroy();
      expect({ status, contentRange }).toEqual({ status: 416, contentRange: 'bytes */9' });
    });

    it('ends with an error, not as if complete, when the connection breaks', async () => {
      const { body } = await download({ bytes: Buffer.alloc(200_000, 7), fault: 'cut-off' });
      await expect(buffer(body)).rejects.toThrow();
    });

    if (section.locate === undefined) return;
    it('sends no credential to where the file is', async () => {
      const { body } = await download(section.answer);
      body.destroy();
      const [request] = upstream().received(section.route);
      expect(request).toBeDefined();
      for (const secret of Object.values(SECRETS)) expect(JSON.stringify(request)).not.toContain(secret);
    });

    it.each([401, 402, 403, 404, 410, 429])('takes %d from there as no word on the token', async (status) => {
      const { code } = await failureOf(download({ status, text: 'Expired.' }));
      expect(['invalid_request', 'transient']).toContain(code);
    });
  });
}

const locatedBy = (locate: Exchange | undefined): Exchange['also'] =>
  locate === undefined ? {} : { ...locate.also, [locate.route]: locate.answer };

function partOf({ content, contentType }: NonNullable<ProviderContract['download']>): Answer {
  return {
    status: 206,
    headers: { 'content-type': contentType, 'content-range': 'bytes 1-2/*' },
    bytes: content.subarray(1, 3),
  };
}
