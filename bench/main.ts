import { parseArgs } from 'node:util';

import { database } from './database.bench.js';
import { gateway } from './gateway.bench.js';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = { database, gateway };

const { positionals } = parseArgs({ allowPositionals: true });
const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;

for (const name of names) {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    console.error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
    process.exitCode = 2;
    break;
  }
  await bench();
}
