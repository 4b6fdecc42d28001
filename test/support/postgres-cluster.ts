import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../../tools/processes/local-http.js';

const run = promisify(execFile);

const DEBIAN = '/usr/lib/postgresql';
/** Needs escaping in a URL, and must show up nowhere. */
const PASSWORD = 'p@ss/w0rd:of#tests';

/** How a server is stopped: orderly, or as by a crash. */
export type StopMode = 'fast' | 'immediate';

/** A PostgreSQL server of its own, in a temporary folder and on the loopback only. */
export class PostgresCluster {
  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Makes an empty one and starts it. @throws Error when there is no PostgreSQL on this machine */
  static async create(): Promise<PostgresCluster> {
    const programs = await findPrograms();
    if (programs === undefined)
      throw new Error('No PostgreSQL was found. Install Debian’s package "postgresql".');
    const folder = await mkdtemp(join(tmpdir(), 'penstock-postgres-'));
    await writeFile(join(folder, 'password'), PASSWORD);
    const cluster = new PostgresCluster(programs, folder, await freePort());
    await cluster.#handOver();
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${join(folder, 'password')}`];
    await cluster.#run('initdb', ['-D', cluster.#data, '--encoding=UTF8', '--no-sync', ...access]);
    await cluster.start();
    return cluster;
  }

  /** The URL of a database of it. */
  url(database = 'postgres'): string {
    return `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${String(this.port)}/${database}`;
  }

  async start(): Promise<void> {
    const options = [
      ...[
        `port=${String(this.port)}`,
        'listen_addresses=127.0.0.1',
        `unix_socket_directories=${this.folder}`,
      ],
      ...['fsync=off', 'max_connections=200'],
    ];
    const settings = options.map((option) => `-c ${option}`).join(' ');
    const log = join(this.folder, 'log');
    await this.#run('pg_ctl', ['start', '-w', '-D', this.#data, '-l', log, '-o', settings]);
  }

  async stop(mode: StopMode = 'fast'): Promise<void> {
    await this.#run('pg_ctl', ['stop', '-w', '-D', this.#data, '-m', mode]);
  }

  /** Stops it, if it runs, and removes all of it. */
  async remove(): Promise<void> {
    await this.stop('immediate').catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  /** The server refuses to run as root: there it runs as the user that comes with the package. */
  async #run(program: string, args: readonly string[]): Promise<void> {
    const path = join(this.programs, program);
    if (isRoot()) await run('runuser', ['-u', 'postgres', '--', path, ...args], { cwd: this.folder });
    else await run(path, args, { cwd: this.folder });
  }

  async #handOver(): Promise<void> {
    if (!isRoot()) return;
    const { stdout } = await run('id', ['-u', 'postgres']);
    await chown(this.folder, Number(stdout), -1);
    await chown(join(this.folder, 'password'), Number(stdout), -1);
  }
}

/** The folder of the programs of the newest PostgreSQL here; `undefined` where there is none. */
export async function findPrograms(): Promise<string | undefined> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest !== undefined) return join(DEBIAN, String(newest), 'bin');
  const found = await run('pg_config', ['--bindir']).catch(() => undefined);
  return found?.stdout.trim();
}

const isRoot = (): boolean => process.getuid?.() === 0;
