import { createPenstock } from '../../src/index.js';
import { MeteredVideosModule } from './tokens/metered-videos.js';

/**
 * The gateway under test, in a process of its own: it tells its URL to whoever forked it, and its memory when asked, and ends when let
 * go. Its argument, if any, names the polling strategy.
 */
const [, , strategy] = process.argv;
const penstock = await createPenstock({
  plugins: [MeteredVideosModule],
  ...(strategy === undefined ? {} : { polling: { strategy } }),
});
process.send?.(await penstock.start());
process.on('message', (asked) => {
  if (asked === 'memory') process.send?.(process.memoryUsage());
});
process.on('disconnect', () => {
  void penstock.app.close();
});
