/** One simulated generation of an upstream. */
export interface Job {
  readonly durationMs: number;
  readonly failed: boolean;
  /** What a poll at this age shows, before the end: 0 to 99. */
  progressAt(ageMs: number): number;
}

/** The jobs of one model, in the order in which they are made. */
export type JobSource = () => Job;
