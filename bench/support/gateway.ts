import { createPenstock } from '../../src/index.js';

/** Connections to the upstream. @defaultValue that of the gateway */
const { BENCH_CONNECTIONS } = process.env;

/** The gateway of the benches, in a process of its own: it tells its URL to whoever forked it. */
const penstock = await createPenstock(
  BENCH_CONNECTIONS === undefined ? {} : { upstream: { connectionsPerSession: Number(BENCH_CONNECTIONS) } },
);
process.send?.(await penstock.start());
process.on('disconnect', () => {
  void penstock.app.close();
});
