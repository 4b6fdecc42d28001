import { init } from 'echarts';

import { nameOf, type Panel } from './panels.js';
import type { Series, TimeRange } from './prometheus.js';

/** A panel with the series of each of its queries. */
export interface DrawnPanel {
  readonly panel: Panel;
  readonly found: readonly (readonly Series[])[];
}

/** A unit of Grafana's grid, in pixels. */
const [UNIT_WIDTH, UNIT_HEIGHT] = [40, 30];
/** Around the plot, for its title, its names and its axes. */
const MARGIN = { left: 64, right: 20, top: 34, bottom: 62 };
const [KIBI, UNITS] = [1024, ['B', 'KiB', 'MiB', 'GiB']];

/** Draws the dashboard as a picture (SVG), each panel where Grafana has it. Times are in UTC; what stays at 0 is left out. */
export function drawDashboard(panels: readonly DrawnPanel[], { from, to }: TimeRange): string {
  const edge = (side: 'x' | 'y', size: 'w' | 'h') =>
    Math.max(0, ...panels.map(({ panel: { place } }) => place[side] + place[size]));
  const [width, height] = [edge('x', 'w') * UNIT_WIDTH, edge('y', 'h') * UNIT_HEIGHT];
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    useUTC: true,
    backgroundColor: '#fff',
    title: panels.map(({ panel }) => titleOf(panel)),
    legend: panels.map((drawn) => ({ ...legendOf(drawn), bottom: height - bottomOf(drawn.panel) + 4 })),
    grid: panels.map(({ panel }) => gridOf(panel)),
    xAxis: panels.map((_, gridIndex) => ({
      type: 'time',
      gridIndex,
      min: from * 1_000,
      max: to * 1_000,
      axisLabel: { fontSize: 10, hideOverlap: true },
    })),
    yAxis: panels.map(({ panel: { unit } }, gridIndex) => ({
      type: 'value',
      gridIndex,
      min: 0,
      splitNumber: 4,
      axisLabel: { fontSize: 10, formatter: (value: number) => amount(value, unit) },
    })),
    series: panels.flatMap((drawn, index) => seriesOf(drawn, index)),
  });
  const picture = chart.renderToSVGString();
  chart.dispose();
  return picture;
}

const leftOf = ({ place }: Panel): number => place.x * UNIT_WIDTH;
const topOf = ({ place }: Panel): number => place.y * UNIT_HEIGHT;
const bottomOf = ({ place }: Panel): number => (place.y + place.h) * UNIT_HEIGHT;
const widthOf = ({ place }: Panel): number => place.w * UNIT_WIDTH;

const titleOf = (panel: Panel) => ({
  text: panel.title,
  left: leftOf(panel),
  top: topOf(panel) + 4,
  textStyle: { fontSize: 13 },
});

const legendOf = (drawn: DrawnPanel) => ({
  data: linesOf(drawn).map(({ name }) => name),
  icon: 'roundRect',
  left: leftOf(drawn.panel) + 8,
  width: widthOf(drawn.panel) - 16,
  itemWidth: 12,
  itemHeight: 3,
  itemGap: 8,
  textStyle: { fontSize: 10 },
});

const gridOf = (panel: Panel) => ({
  left: leftOf(panel) + MARGIN.left,
  top: topOf(panel) + MARGIN.top,
  width: widthOf(panel) - MARGIN.left - MARGIN.right,
  height: panel.place.h * UNIT_HEIGHT - MARGIN.top - MARGIN.bottom,
});

const seriesOf = (drawn: DrawnPanel, index: number) =>
  linesOf(drawn).map(({ name, points }) => ({
    type: 'line' as const,
    name,
    xAxisIndex: index,
    yAxisIndex: index,
    showSymbol: false,
    lineStyle: { width: 1.5 },
    data: points.map(([seconds, value]) => [seconds * 1_000, value]),
  }));

function linesOf({ panel: { queries }, found }: DrawnPanel) {
  return queries.flatMap(({ legend }, index) =>
    (found[index] ?? [])
      .filter(({ points }) => points.some(([, value]) => value > 0))
      .map(({ labels, points }) => ({ name: nameOf(legend, labels), points })),
  );
}

/** A number on an axis, in its unit. */
export function amount(value: number, unit: string): string {
  if (unit !== 'bytes') return `${String(value)}${unit === 'short' ? '' : ` ${SHOWN_UNITS[unit] ?? unit}`}`;
  const step = Math.min(UNITS.length - 1, value < 1 ? 0 : Math.floor(Math.log(value) / Math.log(KIBI)));
  return `${String(Math.round(value / KIBI ** step))} ${UNITS[step] ?? ''}`;
}

const SHOWN_UNITS: Readonly<Record<string, string>> = { ops: '/s', reqps: '/s' };
