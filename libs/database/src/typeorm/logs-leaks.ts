import { Logger } from '@nestjs/common';

import { describeLeak, LeakObserver, type Leak } from '../ports/leak-observer.js';

/** Warns of leaks in the log of the application. */
export class LogsLeaks extends LeakObserver {
  readonly #logger = new Logger('Database');

  leaked(leak: Leak): void {
    this.#logger.warn(describeLeak(leak));
  }
}
