import { parseArgs } from 'node:util';

import { runDashboard } from './run.js';

const USAGE = 'Usage: npm run dashboard [-- --seconds 600] [--picture FILE.svg]';
const MONITORING = new URL('../../../docs/monitoring/', import.meta.url);

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, picture: { type: 'string' } },
});

process.exitCode = await main(Number(values.seconds), values.picture ?? null);

async function main(seconds: number, picture: string | null): Promise<number> {
  if (Number.isSafeInteger(seconds) && seconds >= 10 && seconds <= 86_400)
    return runDashboard({ seconds, monitoring: MONITORING, picture });
  console.error(`--seconds must be a whole number from 10 to 86400, got ${JSON.stringify(values.seconds)}.`);
  console.error(USAGE);
  return 2;
}
