import { setMaxListeners } from 'node:events';

/**
 * An abort controller that lives as long as its owner, such as one for the end of the process. However many listen to it
 * at once, Node does not warn of a leak; who listens must stop listening when done.
 */
export function longLivedAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
