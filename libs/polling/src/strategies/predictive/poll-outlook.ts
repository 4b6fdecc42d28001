/** How likely a generation has ended, by the time since it was last seen pending. */
export class PollOutlook {
  /**
   * @param edgesMs - times from 0, rising
   * @param ended - the chance that it has ended by each of them, from 0 to 1
   */
  constructor(
    private readonly edgesMs: Float64Array,
    private readonly ended: Float64Array,
  ) {}

  /** From 0 to 1, and never less the later. */
  endedChance(sinceMs: number): number {
    const cell = this.edgesMs.findIndex((edgeMs) => edgeMs > sinceMs);
    if (cell < 0) return this.ended.at(-1) ?? 0;
    if (cell === 0) return 0;
    const [from, to] = [this.edgesMs[cell - 1] ?? 0, this.edgesMs[cell] ?? 0];
    const [before, after] = [this.ended[cell - 1] ?? 0, this.ended[cell] ?? 0];
    return before + ((after - before) * (sinceMs - from)) / (to - from);
  }
}
