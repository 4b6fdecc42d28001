import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, expect, it } from 'vitest';

import { resolveS3Options } from './asset-s3.options.js';
import { OpenUploads } from './open-uploads.js';
import { PartUpload } from './part-upload.js';
import { createS3Client } from './s3-client.js';

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
let server: Server;
afterEach(() => {
  server.close();
});

/** A server that keeps the checksums of parts, or does not. @returns what it was asked at the start, and told at the end */
async function uploadTo(
  keepsChecksums: boolean,
): Promise<{ readonly asked: unknown; readonly told: string }> {
  let asked: unknown;
  let told = '';
  server = createServer((request, answer) => {
    void (async () => {
      const body = await text(request);
      if (request.method === 'PUT') {
        answer.writeHead(200, { etag: '"tag"', 'x-amz-checksum-crc32': 'oghBIQ==' }).end();
        return;
      }
      if (request.url?.includes('uploadId') === true) {
        told = body;
        answer.end(`<CompleteMultipartUploadResult ${NAMESPACE}/>`);
        return;
      }
      asked = request.headers['x-amz-checksum-algorithm'];
      if (keepsChecksums) answer.setHeader('x-amz-checksum-algorithm', 'CRC32');
      answer.end(
        `<InitiateMultipartUploadResult ${NAMESPACE}><UploadId>1</UploadId></InitiateMultipartUploadResult>`,
      );
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = createS3Client(
    resolveS3Options({ bucket: 'films', endpoint, forcePathStyle: true, credentials }),
  );
  const { signal } = new AbortController();
  const object = { Bucket: 'films', Key: 'a/0', ContentType: 'video/mp4' };
  const upload = await PartUpload.begin(client, object, new OpenUploads(), signal);
  await upload.add(Buffer.from('part'), signal);
  await upload.complete(signal);
  client.destroy();
  return { asked, told };
}

it('has the server keep the checksums of the parts, and repeats them at the end', async () => {
  const { asked, told } = await uploadTo(true);
  expect(asked).toBe('CRC32');
  expect(told).toContain('<ChecksumCRC32>oghBIQ==</ChecksumCRC32>');
});

it('tells no checksums to a server that did not keep them', async () => {
  const { told } = await uploadTo(false);
  expect(told).toMatch(/<ETag>.*tag.*<\/ETag>/);
  expect(told).not.toContain('Checksum');
});
