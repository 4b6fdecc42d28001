import { createHash } from 'node:crypto';

import { startSimulator } from '../upstream-simulator/index.js';

const SECRETS = ['sk-demo-team-a', 'sk-demo-team-b', 'sk-demo-team-c'];

/** The upstream of the demo: three tokens, each for one video at once, and videos that take some eight seconds. */
export async function simulatedUpstream() {
  const simulator = await startSimulator({
    credentials: SECRETS.map((secret) => ({ secret, concurrency: 1 })),
    behaviour: { queue: { medianMs: 500 }, duration: { medianMs: 8_000, sigma: 0.3 } },
  });
  return {
    url: simulator.url,
    baseUrl: simulator.baseUrl,
    secrets: SECRETS,
    close: () => simulator.close(),

    /** SHA-256 of the file that every finished job has, fetched without the gateway. */
    sha256: async (): Promise<string> => {
      const job = simulator.control.report().jobs.find(({ status }) => status === 'completed');
      if (job === undefined) throw new Error('The upstream has finished no job.');
      const headers = { authorization: `Bearer ${job.secret}` };
      const answer = await fetch(`${simulator.baseUrl}/videos/${job.id}/content`, { headers });
      return createHash('sha256')
        .update(Buffer.from(await answer.arrayBuffer()))
        .digest('hex');
    },
  };
}
