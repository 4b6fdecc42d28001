import type { Distributions } from './distributions.js';
import type { Job } from './job.js';

/** How the progress of a job of this duration is shown. */
export type ProgressStyle = (durationMs: number, draw: Distributions) => Job['progressAt'];

const HIGHEST = 99;

/** Roughly even, in steps of so many percent: some jobs begin faster and some end faster, and all waver. */
export const steady =
  (step: number): ProgressStyle =>
  (durationMs, draw) => {
    const bend = Math.exp(0.25 * draw.normal());
    const waves = draw.uniform(1, 5);
    const phase = draw.uniform(0, 2 * Math.PI);
    return (ageMs) => {
      const share = ageMs / durationMs;
      const wave = (Math.sin(2 * Math.PI * waves * share + phase) - Math.sin(phase)) * 0.04 * (1 - share);
      return shown(100 * (share ** bend + wave), step);
    };
  };

/** At 0 until a queue is passed, then even. */
export const queuedFirst =
  (queueShare: number): ProgressStyle =>
  (durationMs, draw) => {
    const queueMs = durationMs * draw.uniform(queueShare / 2, (3 * queueShare) / 2);
    const runs = steady(1)(durationMs - queueMs, draw);
    return (ageMs) => runs(Math.max(0, ageMs - queueMs));
  };

export const stuckAtZero: ProgressStyle = () => () => 0;

/** A few rises at moments that have nothing to do with how far they go. */
export const jumping: ProgressStyle = (durationMs, draw) => {
  const jumps = Math.floor(draw.uniform(3, 7));
  const times = Array.from({ length: jumps }, () => draw.uniform(0, durationMs)).sort((a, b) => a - b);
  const values = times.map(() => draw.uniform(1, HIGHEST)).sort((a, b) => a - b);
  return (ageMs) => shown(values[times.findLastIndex((time) => time <= ageMs)] ?? 0, 1);
};

/** Soon at 95 %, and there it stays. */
export const sittingAt95: ProgressStyle = (durationMs, draw) => {
  const reachedMs = durationMs * draw.uniform(0.1, 0.4);
  return (ageMs) => shown(Math.min(95, (95 * ageMs) / reachedMs), 1);
};

function shown(percent: number, step: number): number {
  return Math.min(HIGHEST, Math.max(0, Math.floor(percent / step) * step));
}
