import { startSimulator } from '../../tools/upstream-simulator/index.js';

/** The upstream of the benches, in a process of its own: it tells its URL to whoever forked it. */
const simulator = await startSimulator({
  credentials: [{ secret: 'sk-bench' }],
  behaviour: { queue: { medianMs: 600_000 }, duration: { medianMs: 600_000 } },
});
process.send?.(simulator.url);
process.on('disconnect', () => {
  void simulator.close();
});
