import { createPenstock } from '../../src/index.js';

/** The gateway of the benches, in a process of its own: it tells its URL to whoever forked it. */
const penstock = await createPenstock();
process.send?.(await penstock.start());
process.on('disconnect', () => {
  void penstock.app.close();
});
