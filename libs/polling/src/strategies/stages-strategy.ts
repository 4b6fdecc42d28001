import { PollingStrategy, type PollHistory } from '../ports/polling-strategy.js';

import { resolveStagesOptions, type StagesOptions } from './stages-strategy.options.js';

/**
 * Asks more often the nearer the end is, and less often while nothing changes: each stage of progress has an
 * interval, and every `unchangedPolls` polls without change multiply it by `slowDown`, up to `maxSlowDowns` times and
 * up to `maxIntervalMs`.
 * Progress `null` counts as 0.
 */
export class StagesStrategy extends PollingStrategy {
  readonly #options: Readonly<Required<StagesOptions>>;

  /** @throws RangeError when an option is out of its bounds. */
  constructor(options: StagesOptions = {}) {
    super();
    this.#options = resolveStagesOptions(options);
  }

  override nextDelayMs(history: PollHistory): number {
    const { slowDown, unchangedPolls, maxSlowDowns, maxIntervalMs } = this.#options;
    const steps = Math.min(Math.floor(history.unchangedPolls / unchangedPolls), maxSlowDowns);
    return Math.min(this.#stageIntervalMs(history.progress ?? 0) * slowDown ** steps, maxIntervalMs);
  }

  #stageIntervalMs(progress: number): number {
    const { stages, lastIntervalMs } = this.#options;
    return stages.find((stage) => progress < stage.below)?.intervalMs ?? lastIntervalMs;
  }
}
