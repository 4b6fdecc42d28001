import { parseArgs } from 'node:util';

import { soakBatch } from './batch/run.js';
import { soakTokens } from './tokens/run.js';

const USAGE = `Usage: npm run soak -- tokens [--generations 2000]
       npm run soak -- batch [--tokens 1000] [--interval 300]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    generations: { type: 'string', default: '2000' },
    tokens: { type: 'string', default: '1000' },
    interval: { type: 'string', default: '300' },
  },
});
const [generations, tokens, intervalMs] = [values.generations, values.tokens, values.interval].map(Number);

process.exitCode = await soak(positionals);

async function soak([what]: readonly string[]): Promise<number> {
  if (what === 'tokens' && isCount(generations)) return soakTokens(generations);
  if (what === 'batch' && isCount(tokens) && isCount(intervalMs)) return soakBatch({ tokens, intervalMs });
  console.error(USAGE);
  return 2;
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
