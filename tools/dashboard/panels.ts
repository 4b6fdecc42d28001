import { readFile } from 'node:fs/promises';

import { z } from 'zod';

const dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).min(1),
    }),
  ),
});

/** A query of a panel, as Prometheus takes it. */
export interface PanelQuery {
  readonly expression: string;
  /** The name of each of its series, with `{{label}}` for labels. */
  readonly legend: string;
}

/** A panel of the dashboard; places and sizes are in units of Grafana, 24 to the width. */
export interface Panel {
  readonly title: string;
  readonly place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** Grafana's name of the unit, such as `s`, `bytes` and `ops`. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
}

/**
 * The panels of a dashboard, for all instances.
 *
 * @param rateInterval - what `$__rate_interval` stands for, such as `60s`
 */
export async function readPanels(file: URL, rateInterval: string): Promise<readonly Panel[]> {
  const { panels } = dashboard.parse(JSON.parse(await readFile(file, 'utf8')));
  return panels.map(({ title, gridPos, fieldConfig, targets }) => ({
    title,
    place: gridPos,
    unit: fieldConfig.defaults.unit,
    queries: targets.map(({ expr, legendFormat }) => ({
      expression: expr.replaceAll('$__rate_interval', rateInterval).replaceAll('$instance', '.*'),
      legend: legendFormat,
    })),
  }));
}

/** What a series is called. */
export function nameOf(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '').trim();
}
