import { parseCommandLine, USAGE, UsageError } from './command-line.js';
import { startSimulator, type Simulator } from './simulator.js';
import type { SimulatorOptions } from './simulator.options.js';

/** What the program has of its process. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Calls `stop` once, when the process is asked to end. */
  onStop(stop: () => void): void;
}

/** Runs until it is asked to end, and returns the exit code: 0, 1 when it cannot listen, 2 for a wrong command line. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = readOptions(args, terminal);
  if (typeof options === 'number') return options;
  const stopped = new Promise<void>((resolve) => {
    terminal.onStop(resolve);
  });
  let simulator: Simulator;
  try {
    simulator = await startSimulator(options);
  } catch (error) {
    terminal.err(`upstream-simulator: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  terminal.out(`upstream-simulator listens on ${simulator.url}\n`);
  await stopped;
  await simulator.close();
  return 0;
}

function readOptions(args: readonly string[], terminal: Terminal): SimulatorOptions | number {
  try {
    const options = parseCommandLine(args);
    if (options !== 'help') return options;
    terminal.out(USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.err(`upstream-simulator: ${error.message}\n\n${USAGE}`);
    return 2;
  }
}
