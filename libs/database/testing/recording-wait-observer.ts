import { WaitObserver, type Wait } from 'penstock/concurrency';

/** Keeps every wait it is told of. */
export class RecordingWaitObserver extends WaitObserver {
  readonly waits: Wait[] = [];

  override waited(wait: Wait): void {
    this.waits.push(wait);
  }
}
