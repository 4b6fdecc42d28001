import { PollJournal } from 'penstock/polling';

import { createPenstock } from '../../src/index.js';
import { Probe } from './probe.js';

/**
 * The gateway under measurement, in a process of its own. Its argument is the window for lists, in milliseconds. It tells its URL to
 * whoever forked it, then answers `begin`, `end` and `resumed`.
 */
const penstock = await createPenstock({ polling: { listWindowMs: Number(process.argv[2]) } });
const probe = new Probe(penstock.app.get(PollJournal, { strict: false }));
const ANSWERS: Readonly<Record<string, () => unknown>> = {
  begin: () => {
    probe.begin();
    return null;
  },
  end: () => probe.end(),
  resumed: () => probe.resumed(),
};

process.send?.(await penstock.start());
process.on('message', (question) => {
  process.send?.(ANSWERS[String(question)]?.() ?? null);
});
process.on('disconnect', () => {
  void penstock.app.close();
});
