import { describeLeak, LeakObserver, type Leak } from '../ports/leak-observer.js';

/** Makes leaks process warnings, which Node prints unless told otherwise. */
export class WarnsOfLeaks extends LeakObserver {
  leaked(leak: Leak): void {
    process.emitWarning(describeLeak(leak), 'DatabaseLeakWarning');
  }
}
