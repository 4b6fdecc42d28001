import type { Measure } from './measure.js';
import type { Spread } from './probe.js';
import type { SchedulingCost } from './scheduling-cost.js';

/** The number in flight that the targets are for. */
const TARGETED = 10_000;
const [LOOP_MS, COST_US, LATE_MS, RESIDENT_MIB] = [30, 20, 100, 300];

const digits = (value: number, count = 0): string => value.toFixed(count);
const spread = ({ p50, p99, max }: Spread, count = 0): string =>
  [p50, p99, max].map((value) => digits(value, count)).join(' / ');
const inSeconds = ({ p50, p99, max }: Spread): Spread => ({
  p50: p50 / 1_000,
  p99: p99 / 1_000,
  max: max / 1_000,
});
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const head = (...cells: readonly string[]): string[] => [row(...cells), row(...cells.map(() => '---'))];
const nameOf = ({ inFlight, lists }: Measure): [string, string] => [
  String(inFlight),
  lists ? 'in lists' : 'one by one',
];

/** What a gateway costs while so many are in flight. */
export const steadyTable = (measures: readonly Measure[]): string[] => [
  ...head(
    ...['in flight', 'asked', 'polls/s', 'requests/s', 'CPU %', 'CPU us a poll', 'resident MiB', 'heap MiB'],
    ...['event loop p50 / p99 / max ms', 'late p50 / p99 / max ms', 'over 100 ms late'],
  ),
  ...measures.map((measure) => {
    const { steady, requestsPerSecond } = measure;
    const pollsPerSecond = steady.polls / steady.seconds;
    return row(
      ...[...nameOf(measure), digits(pollsPerSecond), digits(requestsPerSecond), digits(steady.cpuPercent)],
      ...[digits((1e4 * steady.cpuPercent) / pollsPerSecond), digits(steady.residentMiB)],
      ...[digits(steady.heapMiB), spread(steady.ownLoop, 1), spread(steady.ownLateness, 1)],
      `${digits(100 * steady.lateShare, 2)} %`,
    );
  }),
];

/** What others on the machine did to those figures. */
export const disturbanceTable = (measures: readonly Measure[]): string[] => [
  ...head(
    ...['in flight', 'asked', 'machine idle %', 'event loop p50 / p99 / max ms', 'late p50 / p99 / max ms'],
  ),
  ...measures.map((measure) => {
    const { steady, idlePercent } = measure;
    return row(
      ...[...nameOf(measure), digits(idlePercent), spread(steady.loop, 1), spread(steady.lateness, 1)],
    );
  }),
];

/** When ends were known. */
export const delayTable = (measures: readonly Measure[]): string[] => [
  ...head('in flight', 'asked', 'ended', 'known after p50 / p99 / max s', 'not known after 10 s'),
  ...measures.map((measure) =>
    row(
      ...[...nameOf(measure), String(measure.ended), spread(inSeconds(measure.delay), 2)],
      String(measure.unseen),
    ),
  ),
];

/** How a gateway starts with so many in flight. */
export const resumeTable = (measures: readonly Measure[]): string[] => [
  ...head(
    ...[
      'in flight',
      'asked',
      'ready after s',
      'first polls of all within s',
      'of which in the busiest second',
    ],
    ...['event loop p99 / max ms until then', 'resident MiB at most'],
  ),
  ...measures.map((measure) => {
    const { resumed, resumption, readyMs, inFlight } = measure;
    const missing = inFlight - resumed.polled;
    return row(
      ...[...nameOf(measure), digits(readyMs / 1_000, 1)],
      digits(resumed.seconds, 1) + (missing === 0 ? '' : `, without ${String(missing)}`),
      ...[`${digits((100 * resumed.busiestSecond) / Math.max(1, resumed.polled))} %`],
      ...[`${digits(resumption.ownLoop.p99, 1)} / ${digits(resumption.ownLoop.max)}`],
      digits(resumption.residentMiB),
    );
  }),
];

export const costTable = (costs: readonly SchedulingCost[]): string[] => [
  ...head('in flight', 'stages us', 'predictive us', 'predictive, in lists us'),
  ...costs.map(({ inFlight, stages, predictive, listed }) =>
    row(String(inFlight), digits(stages, 1), digits(predictive, 1), digits(listed, 1)),
  ),
];

/** Which targets are met; none where 10,000 in flight were not measured. */
export function targetTable(measures: readonly Measure[], costs: readonly SchedulingCost[]): string[] {
  const verdict = (what: string, got: number, most: number, unit: string): string =>
    row(what, `${digits(got, 1)} ${unit}`, `${String(most)} ${unit}`, got < most ? 'met' : 'missed');
  const lines = [
    ...costs
      .filter(({ inFlight }) => inFlight === TARGETED)
      .flatMap(({ predictive }) => [verdict('scheduling cost of a poll', predictive, COST_US, 'us')]),
    ...measures
      .filter(({ inFlight }) => inFlight === TARGETED)
      .flatMap((measure) => {
        const { steady } = measure;
        const [, asked] = nameOf(measure);
        return [
          verdict(`event loop p99, ${asked}`, steady.ownLoop.p99, LOOP_MS, 'ms'),
          verdict(`latest poll, ${asked}`, steady.ownLateness.max, LATE_MS, 'ms'),
          verdict(`resident, ${asked}`, steady.residentMiB, RESIDENT_MIB, 'MiB'),
        ];
      }),
  ];
  return lines.length === 0 ? [] : [...head('at 10,000 in flight', 'got', 'target', ''), ...lines];
}
