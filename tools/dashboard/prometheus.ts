import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

import { answersWithin, freePort } from '../processes/local-http.js';

const READY_MS = 30_000;

const matrix = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});
const ruleGroups = z.object({
  data: z.object({
    groups: z.array(
      z.object({ rules: z.array(z.object({ name: z.string(), health: z.string(), state: z.string() })) }),
    ),
  }),
});

/** Where to scrape, and how. */
export interface Scrape {
  /** The URL of the gateway. */
  readonly url: string;
  /** A key with the scope `metrics`. */
  readonly key: string;
  readonly everySeconds: number;
}

/** A time series: each value beside its time in seconds since 1970; `NaN` where there was nothing to divide by. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** An alert rule as Prometheus has judged it last. */
export interface RuleState {
  readonly name: string;
  /** `ok`, `unknown` (not judged yet) or `err`. */
  readonly health: string;
  /** `inactive`, `pending` or `firing`. */
  readonly state: string;
}

/** A time, in seconds since 1970, and how far values are apart. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
}

/** A Prometheus server that scrapes one gateway. */
export class Prometheus {
  private constructor(
    private readonly server: ChildProcess,
    private readonly url: string,
    private readonly everySeconds: number,
  ) {}

  /**
   * Starts the `prometheus` of this machine.
   *
   * @param folder - for its configuration and data
   * @param alerts - the file of its alert rules
   * @throws Error when there is none, or it does not answer within 30 seconds
   */
  static async start(folder: string, scrape: Scrape, alerts: URL): Promise<Prometheus> {
    const { url: gateway, key, everySeconds } = scrape;
    const config = join(folder, 'prometheus.json');
    const seconds = `${String(everySeconds)}s`;
    // JSON is YAML, too.
    const settings = {
      global: { scrape_interval: seconds, scrape_timeout: seconds, evaluation_interval: seconds },
      rule_files: [fileURLToPath(alerts)],
      scrape_configs: [
        {
          job_name: 'penstock',
          authorization: { credentials: key },
          static_configs: [{ targets: [new URL(gateway).host], labels: { instance: 'penstock' } }],
        },
      ],
    };
    await writeFile(config, JSON.stringify(settings), { mode: 0o600 });
    const address = `127.0.0.1:${String(await freePort())}`;
    const parameters = {
      'config.file': config,
      'storage.tsdb.path': join(folder, 'series'),
      'web.listen-address': address,
      'log.level': 'error',
    };
    const server = spawn(
      'prometheus',
      Object.entries(parameters).map(([name, value]) => `--${name}=${value}`),
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    await once(server, 'spawn').catch((cause: unknown) => {
      throw new Error('There is no Prometheus here (Debian: apt-get install prometheus).', { cause });
    });
    const started = new Prometheus(server, `http://${address}`, everySeconds);
    if (await answersWithin(`${started.url}/-/ready`, READY_MS)) return started;
    await started.stop();
    throw new Error('Prometheus does not answer.');
  }

  /** Waits for so many scrapes. */
  async scraped(times: number): Promise<void> {
    await pause(times * this.everySeconds * 1_000);
  }

  /** Asks for what an expression was. @throws Error where it is malformed */
  async range(expression: string, { from, to, stepSeconds }: TimeRange): Promise<readonly Series[]> {
    const asked = new URLSearchParams({
      query: expression,
      start: String(from),
      end: String(to),
      step: String(stepSeconds),
    });
    const answer = await this.#ask(`query_range?${asked.toString()}`);
    return matrix.parse(answer).data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([seconds, value]) => [seconds, Number(value)] as const),
    }));
  }

  /** The alert rules. */
  async rules(): Promise<readonly RuleState[]> {
    const { groups } = ruleGroups.parse(await this.#ask('rules')).data;
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'exit');
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    this.server.kill('SIGTERM');
    await ended;
  }

  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    if (!answer.ok) throw new Error(`Prometheus answers ${String(answer.status)}: ${await answer.text()}`);
    return answer.json();
  }
}
