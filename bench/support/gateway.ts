import { createPenstock } from '../../src/index.js';

/** What the process of the gateway has used so far. */
export interface GatewayUse {
  readonly cpuMs: number;
  readonly residentMiB: number;
}

/** Connections to the upstream. @defaultValue that of the gateway */
const { BENCH_CONNECTIONS } = process.env;

/** The gateway of the benches, in a process of its own: it tells its URL to whoever forked it, and what it has used when asked. */
const penstock = await createPenstock(
  BENCH_CONNECTIONS === undefined ? {} : { upstream: { connectionsPerSession: Number(BENCH_CONNECTIONS) } },
);
process.send?.(await penstock.start());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const use: GatewayUse = {
    cpuMs: (user + system) / 1_000,
    residentMiB: process.memoryUsage.rss() / 2 ** 20,
  };
  process.send?.(use);
});
process.on('disconnect', () => {
  void penstock.app.close();
});
