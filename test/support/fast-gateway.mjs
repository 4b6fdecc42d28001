// The gateway as `npm start` runs it, with pauses made for tests. It runs from dist, so that it can be killed for real.
import { createPenstock } from 'penstock';
import { PredictiveStrategy, StagesStrategy } from 'penstock/polling';

const stages = new StagesStrategy({
  stages: [
    { below: 30, intervalMs: 150 },
    { below: 70, intervalMs: 120 },
  ],
  lastIntervalMs: 100,
  maxIntervalMs: 300,
});

/** Only what wakes a poll has it come in time. */
const rare = new StagesStrategy({
  stages: [{ below: 70, intervalMs: 600_000 }],
  lastIntervalMs: 600_000,
  maxIntervalMs: 600_000,
});

const predictive = new PredictiveStrategy({ minIntervalMs: 50, maxIntervalMs: 300 });

const { TEST_MAX_WAITING, TEST_POLLING } = process.env;

const penstock = await createPenstock({
  balancer: TEST_MAX_WAITING === undefined ? {} : { maxWaiting: Number(TEST_MAX_WAITING) },
  polling: {
    strategy: { predictive, rare }[TEST_POLLING] ?? stages,
    backOffBaseMs: 100,
    backOffMaxMs: 500,
  },
  generations: { backoffMs: 50, reconciliationPausesMs: [50, 100, 200, 400], resumeSpreadMs: 100 },
});
await penstock.start();
