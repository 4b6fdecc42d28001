import { parseArgs } from 'node:util';

import { soakTokens } from './tokens/run.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { generations: { type: 'string', default: '2000' } },
});
const generations = Number(values.generations);

if (positionals[0] !== 'tokens' || !Number.isSafeInteger(generations) || generations < 1) {
  console.error('Usage: npm run soak -- tokens [--generations 2000]');
  process.exitCode = 2;
} else {
  process.exitCode = await soakTokens(generations);
}
