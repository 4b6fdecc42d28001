import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readPanels } from './panels.js';
import { drawDashboard, type DrawnPanel } from './picture.js';
import { Prometheus, type RuleState } from './prometheus.js';
import { openScene } from './scene.js';

/** What Grafana takes for `$__rate_interval`: four scrapes. */
const SCRAPES_IN_RATE = 4;
const MOST_POINTS = 240;
/** Scrapes after the end, which show it. */
const SCRAPES_AFTER = 2;

/** What to show, and where. */
export interface DashboardRun {
  readonly seconds: number;
  /** The folder with the dashboard and the alert rules. */
  readonly monitoring: URL;
  /** Where the picture goes; `null` for none. */
  readonly picture: string | null;
}

/**
 * Has a gateway work while a Prometheus scrapes it, asks that for all that the dashboard shows, and draws it.
 *
 * @returns the exit code: 0 when each query found something, and each alert rule can be judged
 */
export async function runDashboard({ seconds, monitoring, picture }: DashboardRun): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-dashboard-'));
  const everySeconds = Math.max(1, Math.round(seconds / MOST_POINTS));
  const scene = await openScene(join(folder, 'gateway'));
  try {
    const scrape = { url: scene.gateway.url, key: scene.metricsKey, everySeconds };
    const prometheus = await Prometheus.start(folder, scrape, new URL('alerts.yaml', monitoring));
    try {
      const startedAt = Date.now() / 1_000;
      await scene.play(seconds);
      await prometheus.scraped(SCRAPES_AFTER);
      const range = { from: startedAt, to: Date.now() / 1_000, stepSeconds: everySeconds };
      const panels = await readPanels(
        new URL('dashboard.json', monitoring),
        `${String(SCRAPES_IN_RATE * everySeconds)}s`,
      );
      const drawn = await Promise.all(
        panels.map(async (panel) => ({
          panel,
          found: await Promise.all(
            panel.queries.map(({ expression }) => prometheus.range(expression, range)),
          ),
        })),
      );
      if (picture !== null) await writeFile(picture, drawDashboard(drawn, range));
      return report(drawn, await prometheus.rules());
    } finally {
      await prometheus.stop();
    }
  } finally {
    await scene.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function report(drawn: readonly DrawnPanel[], rules: readonly RuleState[]): number {
  for (const { panel, found } of drawn) {
    const series = found.map(({ length }) => String(length)).join(' + ');
    console.log(`${panel.title}: ${series} series`);
  }
  const firing = rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
  console.log(`${String(rules.length)} alert rules; firing: ${firing.join(', ') || 'none'}`);
  const wrong = [
    ...drawn
      .filter(({ found }) => found.some(({ length }) => length === 0))
      .map(({ panel }) => `A query of "${panel.title}" found nothing.`),
    ...rules.filter(({ health }) => health !== 'ok').map(({ name }) => `${name} cannot be judged.`),
  ];
  console.log(wrong.length === 0 ? 'All is shown.' : wrong.join('\n'));
  return wrong.length === 0 ? 0 : 1;
}
