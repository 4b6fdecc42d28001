import { parseArgs } from 'node:util';

import { soakBatch } from './batch/run.js';
import { soakLedger } from './ledger/run.js';
import { soakPolling } from './polling/run.js';
import { soakTokens } from './tokens/run.js';

const USAGE = `Usage: npm run soak -- tokens [--generations 2000]
       npm run soak -- ledger [--generations 5000]
       npm run soak -- polling [--generations 300]
       npm run soak -- batch [--tokens 1000] [--interval 300]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    generations: { type: 'string' },
    tokens: { type: 'string', default: '1000' },
    interval: { type: 'string', default: '300' },
  },
});

process.exitCode = await soak(positionals[0]);

async function soak(what: string | undefined): Promise<number> {
  const [tokens, intervalMs] = [Number(values.tokens), Number(values.interval)];
  const generations = (usual: number): number => Number(values.generations ?? usual);
  if (what === 'tokens' && isCount(generations(2_000))) return soakTokens(generations(2_000));
  if (what === 'ledger' && isCount(generations(5_000))) return soakLedger(generations(5_000));
  if (what === 'polling' && isCount(generations(300))) return soakPolling(generations(300));
  if (what === 'batch' && isCount(tokens) && isCount(intervalMs)) return soakBatch({ tokens, intervalMs });
  console.error(USAGE);
  return 2;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
