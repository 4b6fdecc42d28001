import { CliError, type Client } from './client.js';
import { progressOn, show, type Output } from './output.js';

/** A batch, as far as commands look at it. */
export interface Batch {
  readonly id: string;
  readonly operation: string;
  readonly state: string;
  readonly reason: string | null;
  readonly counts: Readonly<Record<'total' | 'succeeded' | 'failed' | 'skipped', number>>;
  readonly results: Readonly<Record<string, number>>;
  readonly changes: Readonly<Record<string, number>>;
  readonly perSecond: number | null;
  readonly etaMs: number | null;
}

/** An item that failed. */
interface FailedItem {
  readonly position: number;
  readonly label: string;
  readonly result: string;
  readonly reason: string | null;
}

const RECONNECTS = 5;
/** Failed items that are shown; the others are in the results of the batch. */
const SHOWN = 10;

/**
 * Follows a batch to its end and shows what came of it.
 *
 * @returns the exit code: 0 when no item failed and it was not stopped or cancelled, else 3
 */
export async function watchBatch(client: Client, id: string, output: Output): Promise<0 | 3> {
  const progress = progressOn(output);
  let latest: Batch | undefined;
  const leave = (): void => {
    progress.stop();
    process.stderr.write(`The batch goes on. Follow it with: penstock batches watch ${id}\n`);
    process.exit(130);
  };
  process.once('SIGINT', leave);
  try {
    for await (const batch of follow(client, id)) {
      latest = batch;
      const { succeeded, failed, skipped, total } = batch.counts;
      progress.update(succeeded + failed + skipped, total, noteOf(batch));
    }
  } finally {
    process.off('SIGINT', leave);
    progress.stop();
  }
  const end = latest ?? (await client.json<Batch>('GET', `/admin/batches/${encodeURIComponent(id)}`));
  const problems = output.json ? [] : await problemsOf(client, end);
  show(output, end, (batch) => [...summary(batch), ...problems]);
  return end.state === 'completed' && end.counts.failed === 0 ? 0 : 3;
}

/** The batch at every change; connects again, where it was, when the connection breaks. */
async function* follow(client: Client, id: string): AsyncGenerator<Batch> {
  const path = `/admin/batches/${encodeURIComponent(id)}/events`;
  let lastId = '0';
  for (let failures = 0; ; failures += 1) {
    try {
      const answer = await client.call('GET', path, { headers: { 'last-event-id': lastId } });
      if (answer.status === 204) return;
      for await (const event of eventsOf(answer)) {
        [lastId, failures] = [event.id, 0];
        if (event.name === 'batch') yield JSON.parse(event.data) as Batch;
      }
    } catch (error) {
      if (
        failures >= RECONNECTS ||
        (error instanceof CliError && !error.message.includes('cannot be reached'))
      )
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

async function* eventsOf({ body }: Response): AsyncGenerator<ServerEvent> {
  if (body === null) return;
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const [, id, name, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      if (id !== undefined && name !== undefined && data !== undefined) yield { id, name, data };
    }
  }
}

/** What went wrong with the first of those that failed, and where the others are. */
async function problemsOf(client: Client, { id, counts }: Batch): Promise<readonly string[]> {
  if (counts.failed === 0) return [];
  const path = `/admin/batches/${encodeURIComponent(id)}`;
  const query = `state=failed&limit=${String(SHOWN)}`;
  const { data } = await client.json<{ readonly data: readonly FailedItem[] }>(
    'GET',
    `${path}/items?${query}`,
  );
  const more = counts.failed - data.length;
  return [
    'failed:',
    ...data.map(
      ({ position, label, result, reason }) => `  ${String(position)} (${label}): ${reason ?? result}`,
    ),
    ...(more > 0 ? [`  and ${String(more)} more: GET ${path}/results.csv`] : []),
  ];
}

function noteOf({ state, perSecond, etaMs }: Batch): string {
  const pace = perSecond === null ? '' : `, ${String(perSecond)}/s`;
  return `${state}${pace}${etaMs === null ? '' : `, ${String(Math.ceil(etaMs / 1_000))} s left`}`;
}

function summary({ id, operation, state, reason, counts, results, changes }: Batch): readonly string[] {
  const list = (words: Readonly<Record<string, number>>): string =>
    Object.entries(words)
      .map(([word, count]) => `${word} ${String(count)}`)
      .join(', ');
  return [
    `${id} (${operation}) is ${state}${reason === null ? '' : `: ${reason}`}`,
    counts.total === 0 ? 'items: none, so there was nothing to do' : `items: ${list(counts)}`,
    ...(Object.keys(results).length === 0 ? [] : [`results: ${list(results)}`]),
    ...(Object.keys(changes).length === 0 ? [] : [`changes: ${list(changes)}`]),
  ];
}
