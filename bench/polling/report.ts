import { type Comparison, DEFAULT_PRICE, type Warmth, WARMTHS } from './comparison.js';
import { type Curve, geometricMean, ratiosTo, type Ratios } from './curve.js';
import type { Cost } from './simulate.js';
import { judged, TARGETS } from './targets.js';

type Pick = (comparison: Comparison) => Curve;

const COLUMNS: readonly Pick[] = [
  ...WARMTHS.map(
    (warmth): Pick =>
      ({ predictive }) =>
        predictive[warmth],
  ),
  ({ bound }) => bound,
];

/** For each population, delay and polls in percent of the baseline. */
export function populationTable(all: readonly Comparison[]): readonly string[] {
  return [
    '| population | baseline: polls, delay | cold D / P | after 50 D / P | after 500 D / P | bound D / P |',
    '| --- | --- | --- | --- | --- | --- |',
    ...all.map((each) => {
      const { population, baseline } = each;
      const ratios = COLUMNS.map((curve) => shown(ratiosTo(baseline, curve(each))));
      const cost = `${baseline.polls.toFixed(1)}, ${(baseline.delayMs / 1_000).toFixed(2)} s`;
      return `| ${population.name} | ${cost} | ${ratios.join(' | ')} |`;
    }),
  ];
}

/** Means over groups of populations. */
export function meanTable(all: readonly Comparison[]): readonly string[] {
  const { informing, silent } = groupsOf(all);
  const row = (
    name: string,
    group: readonly Comparison[],
    reduce: (values: readonly number[]) => number,
  ): string => `| ${name} | ${COLUMNS.map((curve) => shown(reduced(group, curve, reduce))).join(' | ')} |`;
  const worst = (values: readonly number[]): number => Math.max(...values);
  return [
    '| geometric mean | cold D / P | after 50 D / P | after 500 D / P | bound D / P |',
    '| --- | --- | --- | --- | --- |',
    row('all populations', all, geometricMean),
    row('progress informs', informing, geometricMean),
    row('progress says nothing', silent, geometricMean),
    row('worst population', all, worst),
  ];
}

/** What was to be reached, and what was. */
export function targetTable(all: readonly Comparison[], recovery: number): readonly string[] {
  const { informing, silent } = groupsOf(all);
  const after50: Pick = ({ predictive }) => predictive.after50;
  const worstOf = (warmth: Warmth): number => {
    const { delay, polls } = reduced(
      all,
      ({ predictive }) => predictive[warmth],
      (values) => Math.max(...values),
    );
    return Math.max(delay, polls);
  };
  const row = (name: string, group: readonly Comparison[], target: Ratios): string => {
    const { delay, polls } = reduced(group, after50, geometricMean);
    return `| ${name}, after 50 | ${judged(delay, target.delay)} | ${judged(polls, target.polls)} |`;
  };
  return [
    '| in % of the baseline | D | P |',
    '| --- | --- | --- |',
    row('all', all, TARGETS.all),
    row('progress informs', informing, TARGETS.informs),
    row('progress says nothing', silent, TARGETS.silent),
    `| worst, warm | ${judged(Math.max(worstOf('after50'), worstOf('after500')), TARGETS.worstWarm)} | |`,
    `| worst, cold | ${judged(worstOf('cold'), TARGETS.worstCold)} | |`,
    `| generations to recover after durations double | ${judged(recovery, TARGETS.recovery)} | |`,
  ];
}

/** Every schedule at its own settings: polls and delay in percent of the baseline. */
export function scheduleTable(all: readonly Comparison[]): readonly string[] {
  const { informing, silent } = groupsOf(all);
  const names = [...(all[0]?.others.keys() ?? [])];
  const row = (name: string, cost: (comparison: Comparison) => Cost | undefined): string => {
    const cells = [all, informing, silent].map((group) => {
      const { polls, delay } = relative(group, cost);
      return `${polls.toFixed(0)} / ${delay.toFixed(0)}`;
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  };
  return [
    '| schedule | all: polls / delay | informs | says nothing |',
    '| --- | --- | --- | --- |',
    ...names.map((name) => row(name, ({ others }) => others.get(name))),
    ...WARMTHS.map((warmth) =>
      row(`predictive, ${NAMES[warmth]}`, (each) => each.predictive[warmth][DEFAULT_PRICE]),
    ),
  ];
}

export const NAMES: Readonly<Record<Warmth, string>> = {
  cold: 'cold',
  after50: 'after 50',
  after500: 'after 500',
};

/** Geometric means of polls and delay in percent of the baseline. */
export function relative(
  group: readonly Comparison[],
  cost: (comparison: Comparison) => Cost | undefined,
): Ratios {
  const ratios = group.flatMap((each) => {
    const own = cost(each);
    const { baseline } = each;
    return own === undefined
      ? []
      : [{ polls: (100 * own.polls) / baseline.polls, delay: (100 * own.delayMs) / baseline.delayMs }];
  });
  return {
    polls: geometricMean(ratios.map(({ polls }) => polls)),
    delay: geometricMean(ratios.map(({ delay }) => delay)),
  };
}

export function groupsOf(all: readonly Comparison[]): Record<'informing' | 'silent', readonly Comparison[]> {
  return {
    informing: all.filter(({ population }) => population.informs),
    silent: all.filter(({ population }) => !population.informs),
  };
}

function reduced(
  group: readonly Comparison[],
  curve: Pick,
  reduce: (values: readonly number[]) => number,
): Ratios {
  const ratios = group.map((each) => ratiosTo(each.baseline, curve(each)));
  return { delay: reduce(ratios.map(({ delay }) => delay)), polls: reduce(ratios.map(({ polls }) => polls)) };
}

const shown = ({ delay, polls }: Ratios): string => `${delay.toFixed(0)} / ${polls.toFixed(0)}`;
