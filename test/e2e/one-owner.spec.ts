import { expect, it } from 'vitest';

import { ADMIN_KEY } from '../support/gateway-process.js';
import { runGateway } from '../support/run-gateway.js';
import { stage } from '../support/stage.js';

it.each([
  ['on the same port', false],
  ['on another port', true],
])(
  'a second gateway in the data folder of one that runs, %s, is refused and disturbs nothing',
  async (_, other) => {
    const on = await stage({
      credentials: [{ secret: 'sk-one', concurrency: 2 }],
      behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 500 } },
    });
    on.simulator.control.addFault({ operation: 'create', fault: { type: 'slow', delayMs: 1_000 } });
    const created = await Promise.all([1, 2, 3, 4].map((n) => on.api.generate(`owned ${String(n)}`)));

    const end = await runGateway(
      {
        PORT: other ? '0' : new URL(on.api.url).port,
        PENSTOCK_DATA_DIR: on.dataDir,
        PENSTOCK_ADMIN_KEY: ADMIN_KEY,
      },
      30_000,
    );

    const ends = await Promise.all(created.map(({ id }) => on.api.end(id)));
    expect(ends.map(({ status }) => status)).toEqual(created.map(() => 'completed'));
    expect([end.code, end.stdout + end.stderr]).toEqual([1, expect.stringContaining(on.dataDir) as unknown]);
  },
);
