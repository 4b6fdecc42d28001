import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { answersWithin, freePort } from '../../processes/local-http.js';

const COMMAND = 'versitygw';
const BUCKET = 'films';
const KEYS = { id: 'soak', secret: 'secret-of-soak' };
const BOUND_MS = 60_000;

/** An S3 server that keeps its objects on the disk. */
export interface SoakS3 {
  /** What has a gateway use it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts `versitygw` over `folder`, with an empty bucket. @throws Error when there is no such command, or it does not listen */
export async function startS3(folder: string): Promise<SoakS3> {
  const [objects, notes] = [join(folder, 'objects'), join(folder, 'notes')];
  for (const path of [join(objects, BUCKET), notes]) await mkdir(path, { recursive: true });
  const address = `127.0.0.1:${String(await freePort())}`;
  const child = spawn(COMMAND, ['--quiet', '--port', address, 'posix', '--sidecar', notes, objects], {
    env: { ...process.env, ROOT_ACCESS_KEY: KEYS.id, ROOT_SECRET_KEY: KEYS.secret },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new Error(
      `There is no ${COMMAND} here (go install github.com/versity/versitygw/cmd/versitygw@latest).`,
      {
        cause,
      },
    );
  });
  const ended = once(child, 'exit');
  const url = `http://${address}`;
  const isUp = await Promise.race([
    answersWithin(url, BOUND_MS),
    ended.then(() => Promise.reject(new Error(`${COMMAND} has ended.`))),
  ]);
  if (!isUp) {
    child.kill();
    throw new Error(`${COMMAND} does not answer.`);
  }
  return {
    environment: {
      PENSTOCK_S3_BUCKET: BUCKET,
      PENSTOCK_S3_ENDPOINT: url,
      PENSTOCK_S3_FORCE_PATH_STYLE: 'true',
      PENSTOCK_S3_ACCESS_KEY_ID: KEYS.id,
      PENSTOCK_S3_SECRET_ACCESS_KEY: KEYS.secret,
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
