import { openSync, readSync } from 'node:fs';

const told = Buffer.alloc(128);

/**
 * CPU time of the main thread alone, in milliseconds: what keeps the event loop, whatever collectors of garbage do beside
 * it. Where the system does not tell (Linux does), that of all threads.
 */
export const mainThreadCpuMs: () => number = fromSystem() ?? ofAllThreads;

function fromSystem(): (() => number) | undefined {
  try {
    const file = openSync(`/proc/self/task/${String(process.pid)}/schedstat`, 'r');
    return () =>
      Number.parseInt(told.toString('latin1', 0, readSync(file, told, 0, told.length, 0)), 10) / 1e6;
  } catch {
    return undefined;
  }
}

function ofAllThreads(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
