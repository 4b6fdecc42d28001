import { createPenstock } from '../../src/index.js';

/** The gateway under test, in a process of its own: it tells its URL to whoever forked it, and ends when let go. */
const penstock = await createPenstock();
process.send?.(await penstock.start());
process.on('disconnect', () => {
  void penstock.app.close();
});
