import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import OpenAI from 'openai';

import { checkedDownload } from './checked-download.js';
import { follow } from './follow.js';
import { openGateway } from './gateway.js';
import { simulatedUpstream } from './upstream.js';

const PROMPTS = [
  'A lighthouse at dusk, waves, wide shot',
  'A paper boat in a gutter after the rain',
  'A cat that watches the snow',
  'A market in the morning, from above',
  'An old tram climbing a hill',
  'Ink in water, slow motion',
];

/**
 * Shows the whole path: a simulated upstream, the gateway on a SQLite file, three tokens, generations through the
 * `openai` SDK, and the files.
 *
 * @returns the exit code: 0 when every file arrived whole
 */
export async function runDemo({ once: endsByItself }: { readonly once: boolean }): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-demo-'));
  const upstream = await simulatedUpstream();
  const gateway = await openGateway(folder);
  console.log(`\nPenstock ${gateway.url}\nUpstream ${upstream.url} (simulated)\nFolder   ${folder}\n`);
  try {
    for (const secret of upstream.secrets) await gateway.addToken(secret, upstream.baseUrl);
    console.log(
      `Added ${String(upstream.secrets.length)} tokens. Asking for ${String(PROMPTS.length)} videos through the openai SDK:\n`,
    );

    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key });
    const videos = await Promise.all(
      PROMPTS.map((prompt) => client.videos.create({ model: 'sora-2', prompt, seconds: '4' })),
    );
    await follow(
      gateway,
      videos.map(({ id }) => id),
    );
    const expected = await upstream.sha256();
    const files = await Promise.all(
      videos.map(({ id }) => checkedDownload({ client, id, folder, expected })),
    );

    console.log(
      `\nThe files, each checked against what the upstream sent:\n${files.map((file) => `  ${file}`).join('\n')}\n`,
    );
    printUrls(gateway.url, gateway.key);
    if (!endsByItself) await untilInterrupted();
    return 0;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await gateway.close();
    await upstream.close();
  }
}

function printUrls(url: string, key: string): void {
  console.log(`Look around (in a browser: any user name, the key as password):
  ${url}/docs            the API, to try out
  ${url}/metrics         for Prometheus
  ${url}/health/ready    for orchestrators
  key: ${key}

  curl -H 'Authorization: Bearer ${key}' ${url}/v1/videos
`);
}

async function untilInterrupted(): Promise<void> {
  console.log('Serving until Ctrl-C.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
