import { parseArgs } from 'node:util';

import { soakLedger } from './ledger/run.js';
import { soakTokens } from './tokens/run.js';

const SOAKS = new Map([
  ['tokens', { soak: soakTokens, generations: 2_000 }],
  ['ledger', { soak: soakLedger, generations: 5_000 }],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { generations: { type: 'string' } },
});
const chosen = SOAKS.get(positionals[0] ?? '');
const generations = Number(values.generations ?? chosen?.generations);

if (chosen === undefined || !Number.isSafeInteger(generations) || generations < 1) {
  console.error(
    'Usage: npm run soak -- tokens [--generations 2000]\n       npm run soak -- ledger [--generations 5000]',
  );
  process.exitCode = 2;
} else {
  process.exitCode = await chosen.soak(generations);
}
