import { parseArgs } from 'node:util';

import { balancer } from './balancer.bench.js';
import { database } from './database.bench.js';
import { gateway } from './gateway.bench.js';
import { polling } from './polling.bench.js';

const BENCHES: Readonly<Record<string, (options: { readonly plot?: string }) => Promise<void>>> = {
  balancer,
  database,
  gateway,
  polling,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { plot: { type: 'string' } },
});
const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;

for (const name of names) {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    console.error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
    process.exitCode = 2;
    break;
  }
  await bench(values);
}
