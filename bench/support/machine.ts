import { cpus, totalmem } from 'node:os';

/** The machine that a result was had on. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.version}, ${String(cpus().length)} x ${cpu?.model.trim() ?? 'unknown CPU'}, ${String(memory)} GiB`;
}
