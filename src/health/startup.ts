import { Injectable } from '@nestjs/common';

import { ReadinessCheck, type Readiness } from './readiness.js';

/** Whether the start is over: everything was ready once. What is down later does not change that. */
@Injectable()
export class StartupCheck {
  #isOver = false;

  constructor(private readonly readiness: ReadinessCheck) {}

  /** @returns `null` when the start is over, else how everything is */
  async pending(): Promise<Readiness | null> {
    if (this.#isOver) return null;
    const readiness = await this.readiness.run();
    this.#isOver = readiness.status !== 'down';
    return this.#isOver ? null : readiness;
  }
}
