import { parseArgs } from 'node:util';

import { soakAssets } from './assets/run.js';
import { soakBatch } from './batch/run.js';
import { soakLedger } from './ledger/run.js';
import { soakPolling } from './polling/run.js';
import { MOST_ORIGINS } from './sessions/origins.js';
import { soakSessions } from './sessions/run.js';
import { soakStreams } from './streams/run.js';
import { soakTokens } from './tokens/run.js';

const USAGE = `Usage: npm run soak -- tokens [--generations 2000]
       npm run soak -- ledger [--generations 5000]
       npm run soak -- polling [--generations 300]
       npm run soak -- batch [--tokens 1000] [--interval 300]
       npm run soak -- sessions [--origins 10000]
       npm run soak -- streams [--streams 5000]
       npm run soak -- assets [--megabytes 2048] [--sink disk|s3]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    generations: { type: 'string' },
    tokens: { type: 'string', default: '1000' },
    interval: { type: 'string', default: '300' },
    origins: { type: 'string', default: '10000' },
    streams: { type: 'string', default: '5000' },
    megabytes: { type: 'string', default: '2048' },
    sink: { type: 'string', default: 'disk' },
  },
});

const megabytes = Number(values.megabytes);
const sink = values.sink === 's3' ? 's3' : 'disk';

/** What runs a soak, the most that its numbers may be, and the numbers. */
type Soak = readonly [run: () => Promise<number>, most: number, ...counts: number[]];

/** One source address has no more ports to one server. */
const MOST_STREAMS = 25_000;
const ANY = Number.MAX_SAFE_INTEGER;
const [tokens, intervalMs] = [Number(values.tokens), Number(values.interval)];
const [origins, streams] = [Number(values.origins), Number(values.streams)];

const ofGenerations = (run: (generations: number) => Promise<number>, usual: number): Soak => {
  const generations = Number(values.generations ?? usual);
  return [() => run(generations), ANY, generations];
};

const SOAKS: Readonly<Record<string, Soak>> = {
  tokens: ofGenerations(soakTokens, 2_000),
  ledger: ofGenerations(soakLedger, 5_000),
  polling: ofGenerations(soakPolling, 300),
  batch: [() => soakBatch({ tokens, intervalMs }), ANY, tokens, intervalMs],
  assets: [() => soakAssets(megabytes, sink), sink === values.sink ? ANY : 0, megabytes],
  streams: [() => soakStreams(streams), MOST_STREAMS, streams],
  sessions: [() => soakSessions(origins), MOST_ORIGINS, origins],
};

process.exitCode = await soak(new Map(Object.entries(SOAKS)).get(positionals[0] ?? ''));

async function soak([run, most = 0, ...counts]: Soak | readonly [] = []): Promise<number> {
  if (run !== undefined && counts.every((count) => isCount(count, most))) return run();
  if (sink !== values.sink) console.error(`--sink must be disk or s3, got ${JSON.stringify(values.sink)}.`);
  console.error(USAGE);
  return 2;
}

function isCount(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= most;
}
