import { startSimulator } from '../../tools/upstream-simulator/index.js';

/** Jobs that end at once with a file of this size; without it, they go on for ten minutes. */
const { BENCH_FILE_BYTES } = process.env;
const HOW_LONG = { medianMs: 600_000 };
const AT_ONCE = { medianMs: 0, sigma: 0 };

/** The upstream of the benches, in a process of its own: it tells its URL to whoever forked it. */
const simulator = await startSimulator({
  credentials: [{ secret: 'sk-bench' }],
  behaviour:
    BENCH_FILE_BYTES === undefined
      ? { queue: HOW_LONG, duration: HOW_LONG }
      : { queue: AT_ONCE, duration: AT_ONCE, contentBytes: Number(BENCH_FILE_BYTES) },
});
process.send?.(simulator.url);
process.on('disconnect', () => {
  void simulator.close();
});
