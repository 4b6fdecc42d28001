import { type Comparison, PRICES, WARMTHS } from './comparison.js';
import { groupsOf, NAMES, relative } from './report.js';

/** A schedule in the plot: one point, or several joined by a line. */
interface Series {
  readonly name: string;
  readonly colour: string;
  /** In percent of the baseline. */
  readonly points: readonly { readonly polls: number; readonly delay: number }[];
}

const PANEL = { width: 420, height: 360, left: 60, top: 40 } as const;
/** Of both axes, in percent; both are logarithmic. */
const RANGE = { low: 10, high: 1_000 } as const;
const TICKS = [10, 20, 50, 100, 200, 500, 1_000];
const COLOURS = ['#9bb8e8', '#3d6fc4', '#12306b', '#2a9d5c', '#888888', '#d0762b', '#b03a8c', '#c0392b'];

/** Delay against polls, both relative to the baseline, as an SVG picture with a panel for each kind of population. */
export function plotOf(all: readonly Comparison[]): string {
  const { informing, silent } = groupsOf(all);
  const panels = [
    panel('Progress informs', seriesOf(informing), 0),
    panel('Progress says nothing', seriesOf(silent), PANEL.width + 90),
  ];
  const width = 2 * (PANEL.width + 90) + 10;
  const height = PANEL.height + 150;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" font-family="sans-serif" font-size="12">`,
    `<rect width="${String(width)}" height="${String(height)}" fill="#ffffff"/>`,
    ...panels,
    ...legend(seriesOf(all)),
    '</svg>',
    '',
  ].join('\n');
}

function seriesOf(group: readonly Comparison[]): readonly Series[] {
  const at = (name: string) => relative(group, ({ others }) => others.get(name));
  const unnamed = [
    ...WARMTHS.map((warmth) => ({
      name: `predictive, ${NAMES[warmth]}`,
      points: PRICES.map((_, price) => relative(group, ({ predictive }) => predictive[warmth][price])),
    })),
    {
      name: 'bound without progress',
      points: PRICES.map((_, price) => relative(group, ({ bound }) => bound[price])),
    },
    { name: 'fixed 1, 2, 5 s', points: ['fixed 1 s', 'fixed 2 s', 'fixed 5 s'].map(at) },
    { name: 'back-off to 10 s', points: [at('back-off to 10 s')] },
    { name: 'stages', points: [at('stages')] },
    { name: 'stages of the guide (baseline)', points: [{ polls: 100, delay: 100 }] },
  ];
  return unnamed.map((series, index) => ({ ...series, colour: COLOURS[index] ?? '#000000' }));
}

function panel(title: string, series: readonly Series[], offset: number): string {
  const { width, height, left, top } = PANEL;
  const axes = TICKS.flatMap((tick) => [
    `<line x1="${x(tick)}" y1="${String(top)}" x2="${x(tick)}" y2="${String(top + height)}" stroke="#e4e4e4"/>`,
    `<line x1="${String(left)}" y1="${y(tick)}" x2="${String(left + width)}" y2="${y(tick)}" stroke="#e4e4e4"/>`,
    `<text x="${x(tick)}" y="${String(top + height + 18)}" text-anchor="middle">${String(tick)}</text>`,
    `<text x="${String(left - 6)}" y="${y(tick)}" dy="4" text-anchor="end">${String(tick)}</text>`,
  ]);
  return [
    `<g transform="translate(${String(offset)} 0)">`,
    ...axes,
    `<text x="${String(left + width / 2)}" y="24" text-anchor="middle" font-size="15">${title}</text>`,
    `<text x="${String(left + width / 2)}" y="${String(top + height + 36)}" text-anchor="middle">polls, % of the baseline</text>`,
    `<text transform="translate(16 ${String(top + height / 2)}) rotate(-90)" text-anchor="middle">mean delay, % of the baseline</text>`,
    ...series.map(drawn),
    '</g>',
  ].join('\n');
}

function drawn({ colour, points }: Series): string {
  const line = points.map(({ polls, delay }) => `${x(polls)},${y(delay)}`).join(' ');
  const dots = points.map(
    ({ polls, delay }) => `<circle cx="${x(polls)}" cy="${y(delay)}" r="4" fill="${colour}"/>`,
  );
  return [`<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`, ...dots].join('');
}

function legend(series: readonly Series[]): readonly string[] {
  return series.flatMap(({ name, colour }, index) => {
    const left = PANEL.left + (index % 4) * 240;
    const top = PANEL.top + PANEL.height + 66 + Math.floor(index / 4) * 22;
    return [
      `<circle cx="${String(left)}" cy="${String(top)}" r="5" fill="${colour}"/>`,
      `<text x="${String(left + 12)}" y="${String(top + 4)}">${name}</text>`,
    ];
  });
}

const share = (percent: number): number =>
  Math.log(Math.min(RANGE.high, Math.max(RANGE.low, percent)) / RANGE.low) / Math.log(RANGE.high / RANGE.low);
const x = (percent: number): string => (PANEL.left + PANEL.width * share(percent)).toFixed(1);
const y = (percent: number): string => (PANEL.top + PANEL.height * (1 - share(percent))).toFixed(1);
