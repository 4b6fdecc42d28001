import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { S3_KEYS } from '../../../test/support/s3-server.js';
import { AssetS3Module } from './asset-s3.module.js';
import type { AssetS3Options } from './asset-s3.options.js';
import { S3Sink } from './s3-sink.js';
import { S3Storage } from './s3-storage.js';

const upload = (key: string): string => `<Upload><Key>${key}</Key><UploadId>id-of-${key}</UploadId></Upload>`;

describe('AssetS3Module', () => {
  let server: Server;
  let asked: string[];
  let isDown: boolean;
  let logged: string[];

  beforeEach(async () => {
    asked = [];
    logged = [];
    isDown = false;
    server = createServer(({ method = '', url = '' }, answer) => {
      asked.push(`${method} ${url}`);
      if (isDown) {
        answer.writeHead(403).end();
        return;
      }
      if (method !== 'GET') {
        answer.writeHead(204).end();
        return;
      }
      const page = url.includes('key-marker=old')
        ? upload('older')
        : `${upload('old')}<IsTruncated>true</IsTruncated><NextKeyMarker>old</NextKeyMarker>`;
      answer.setHeader('content-type', 'application/xml');
      answer.end(`<ListMultipartUploadsResult>${page}</ListMultipartUploadsResult>`);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const keep = (...words: unknown[]): void => void logged.push(JSON.stringify(words));
    Logger.overrideLogger({ log: keep, warn: keep, error: keep });
  });
  afterEach(async () => {
    Logger.overrideLogger(false);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function start(options: Partial<AssetS3Options> = {}): Promise<TestingModule> {
    const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const all = { bucket: 'films', endpoint, forcePathStyle: true, credentials: S3_KEYS, ...options };
    const app = await Test.createTestingModule({ imports: [AssetS3Module.forRoot(all)] }).compile();
    app.useLogger(false);
    return app.init();
  }

  it('offers the sink, which removes what a killed process had begun to send, page by page', async () => {
    const app = await start();
    const sink = app.get(S3Sink);
    expect(sink).toBeInstanceOf(S3Storage);
    expect(asked).toEqual([]);
    expect(await sink.tidy()).toBe(2);
    const removed = asked.filter((line) => line.startsWith('DELETE'));
    expect(asked[0]).toMatch(/^GET \/films\/\?.*prefix=penstock%2F.*uploads/);
    expect(removed[0]).toMatch(/^DELETE \/films\/old\?.*uploadId=id-of-old/);
    expect(removed[1]).toMatch(/^DELETE \/films\/older\?.*uploadId=id-of-older/);
    await app.close();
  });

  it('starts although the server refuses, and tells no secret', async () => {
    isDown = true;
    const app = await start();
    const refusal: unknown = await app
      .get(S3Sink)
      .tidy()
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Error);
    await app.close();
    expect(logged.join('\n') + inspect(refusal)).not.toContain(S3_KEYS.secretAccessKey);
  });

  it.each<[string, Partial<AssetS3Options>]>([
    ['bucket must be', { bucket: '' }],
    ['prefix must be', { prefix: 'no-slash' }],
    ['prefix must be', { prefix: '/' }],
    ['partBytes must be 5242880 to 67108864, got 1024', { partBytes: 1_024 }],
    ['partBytes must be', { partBytes: 6_000_000.5 }],
  ])('says: %s …', async (message, options) => {
    await expect(start(options)).rejects.toThrow(message);
  });
});
