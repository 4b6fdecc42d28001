import { parseArgs } from 'node:util';

import type { SimulatorOptions } from './simulator.options.js';

/** What `--help` prints. */
export const USAGE = `Usage: upstream-simulator [options]

  --host <address>      where it listens (default 127.0.0.1)
  --port <number>       0 takes a free one (default 9090)
  --seed <number>       decides every duration and failure (default 1)
  --credentials <n>     how many keys it accepts: sim-key-1 to sim-key-<n> (default 3)
  --concurrency <n>     most jobs in flight for each key, -1 for any number (default -1)
  --time-scale <x>      factor on all durations, 0.1 is ten times faster (default 1)
  --idempotency         honour Idempotency-Key
  --help
`;

/** The command line is wrong; the message says where. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const MOST_CREDENTIALS = 1_000_000;

/**
 * Reads the arguments after the program's name; `help` when that is what is asked for.
 *
 * @throws UsageError that names the flag
 */
export function parseCommandLine(args: readonly string[]): SimulatorOptions | 'help' {
  const flags = readFlags(args);
  if (flags.help) return 'help';
  const concurrency = integer('concurrency', flags.concurrency, { min: -1, max: MOST_CREDENTIALS });
  const keys = integer('credentials', flags.credentials, { min: 0, max: MOST_CREDENTIALS });
  return {
    host: flags.host,
    port: integer('port', flags.port, { min: 0, max: 65_535 }),
    seed: integer('seed', flags.seed, { min: 0, max: 0xffff_ffff }),
    credentials: Array.from({ length: keys }, (_, index) => ({
      secret: `sim-key-${index + 1}`,
      concurrency,
    })),
    behaviour: { timeScale: factor('time-scale', flags['time-scale']) },
    idempotency: flags.idempotency,
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '9090' },
        seed: { type: 'string', default: '1' },
        credentials: { type: 'string', default: '3' },
        concurrency: { type: 'string', default: '-1' },
        'time-scale': { type: 'string', default: '1' },
        idempotency: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function integer(
  flag: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${flag} must be an integer from ${min} to ${max}, got "${text}"`);
}

function factor(flag: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value > 0 && value <= 1000) return value;
  throw new UsageError(`--${flag} must be a number above 0 and at most 1000, got "${text}"`);
}
