import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startSimulator } from '../../upstream-simulator/index.js';
import { startGateway, type SoakGateway } from '../gateway.js';
import { assetBreaches, BREAKS, reportOf } from './report.js';
import { startS3 } from './s3-server.js';

const MIB = 1024 ** 2;
const PART_BYTES = 3 * MIB + 7;
/** Of the first file that is copied, which is the large one: one is copied at a time. */
const LOOK_EVERY_MS = 250;
const BOUND_MS = 1_800_000;

/** Where files go. */
export type SinkName = 'disk' | 's3';

/**
 * Has a large file copied to a sink while its upstream breaks twice, reads it whole and in part, and looks at the memory of the gateway.
 *
 * @param megabytes - the size of the file
 * @returns the exit code: 0 when the memory is flat and the file is right
 */
export async function soakAssets(megabytes: number, sink: SinkName): Promise<number> {
  const bytes = megabytes * MIB;
  const folder = await mkdtemp(join(tmpdir(), 'penstock-soak-'));
  const s3 = sink === 's3' ? await startS3(folder) : null;
  const behaviour = { queue: { medianMs: 20 }, duration: { medianMs: 300 }, contentBytes: bytes };
  const simulator = await startSimulator({ credentials: [{ secret: 'sk-one' }], behaviour });
  const fault = { type: 'reset-after' } as const;
  simulator.control.addFault({ operation: 'content', times: BREAKS, fault });
  const gateway = await startGateway(join(folder, 'data'), [], s3?.environment);
  try {
    await prepare(gateway, { baseUrl: simulator.baseUrl, sink });
    const watch = new Watch(gateway);
    const startedAt = performance.now();
    const body = { model: 'sora-2', input: { prompt: 'a long one' } };
    const { id } = await gateway.call<{ readonly id: string }>('POST', '/v1/generations', body);
    const path = `/v1/generations/${id}/assets/0`;
    await untilKept(gateway, path);
    const copiedMs = performance.now() - startedAt;
    const read = await readWhole(gateway, path, Math.floor(bytes / 2));
    const part = await gateway.fetch(path, {
      range: `bytes=${String(read.start)}-${String(read.start + PART_BYTES - 1)}`,
    });
    const found = {
      sink,
      bytes,
      copiedMs,
      read,
      broken: simulator.control.report().faults.reduce((sum, { fired }) => sum + fired, 0),
      part: { status: part.status, sha256: hashOf(Buffer.from(await part.arrayBuffer())) },
      ...(await watch.end()),
    };
    const breaches = assetBreaches(found);
    console.log(reportOf(found, breaches));
    return breaches.length === 0 ? 0 : 1;
  } finally {
    await gateway.stop();
    await simulator.close();
    await s3?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(
  gateway: SoakGateway,
  { baseUrl, sink }: { readonly baseUrl: string; readonly sink: SinkName },
) {
  await gateway.call('POST', '/admin/tokens', {
    provider: 'openai-videos',
    label: 'one',
    secret: 'sk-one',
    baseUrl,
  });
  const settings = { keep: true, sink, maxActive: 1, quotaBytes: 0, firstPauseMs: 50, longestPauseMs: 500 };
  await gateway.call('PUT', '/admin/settings/assets', settings, { 'if-match': '"0"' });
}

/** Once it comes from the sink, its ETag is the hash of all bytes. */
async function untilKept(gateway: SoakGateway, path: string): Promise<void> {
  const giveUpAt = performance.now() + BOUND_MS;
  const isKept = async (): Promise<boolean> => {
    const head = await gateway.fetch(path, {}, 'HEAD');
    return /^"[0-9a-f]{64}"$/.test(head.headers.get('etag') ?? '');
  };
  while (!(await isKept())) {
    if (performance.now() > giveUpAt) throw new Error('The file was not copied.');
    await pause(LOOK_EVERY_MS);
  }
}

/** Reads all of it, keeping only a part. @param start - where the part begins */
async function readWhole(gateway: SoakGateway, path: string, start: number) {
  const answer = await gateway.fetch(path);
  const whole = createHash('sha256');
  const part = createHash('sha256');
  let at = 0;
  for await (const chunk of answer.body ?? []) {
    const piece = chunk as Uint8Array;
    whole.update(piece);
    const [from, to] = [start - at, start + PART_BYTES - at].map((edge) =>
      Math.min(Math.max(edge, 0), piece.length),
    );
    part.update(piece.subarray(from, to));
    at += piece.length;
  }
  return {
    etag: answer.headers.get('etag'),
    bytes: at,
    sha256: whole.digest('hex'),
    part: part.digest('hex'),
    start,
  };
}

/** Looks at the memory of the gateway from time to time. */
class Watch {
  #isOver = false;
  readonly #seen: number[] = [];
  readonly #looking: Promise<void>;

  constructor(private readonly gateway: SoakGateway) {
    this.#looking = this.#look();
  }

  async end(): Promise<{ readonly before: number; readonly most: number }> {
    this.#isOver = true;
    await this.#looking;
    return { before: this.#seen[0] ?? 0, most: Math.max(...this.#seen) };
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      this.#seen.push((await this.gateway.memory()).rss);
      await pause(LOOK_EVERY_MS);
    }
  }
}

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
