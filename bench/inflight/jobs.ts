import { SystemClock } from 'penstock/kernel';
import { Pool } from 'undici';

const CALLERS = 32;
const clock = new SystemClock();

/** A job that the upstream has accepted. */
export interface CreatedJob {
  readonly secret: string;
  readonly jobId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Has the upstream accept `count` jobs, in turn with each of the secrets. @throws Error for any other answer */
export async function createJobs(
  url: string,
  secrets: readonly string[],
  count: number,
): Promise<readonly CreatedJob[]> {
  const pool = new Pool(url, { connections: CALLERS });
  const jobs: CreatedJob[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const secret = secrets[index % secrets.length] ?? '';
      const answer = await pool.request({
        method: 'POST',
        path: '/v1/videos',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'sora-2', prompt: `in flight ${String(index)}`, seconds: '8' }),
      });
      const body = (await answer.body.json()) as { readonly id?: string };
      if (body.id === undefined) throw new Error(`The upstream answers ${JSON.stringify(body)}.`);
      jobs.push({ secret, jobId: body.id, at: clock.now() });
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await pool.close();
  return jobs;
}
