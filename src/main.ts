import { ConfigError } from './config/index.js';
import { createPenstock } from './create-penstock.js';

try {
  await (await createPenstock()).start();
} catch (error) {
  // Before the logger exists, and for people: a wrong variable is told without a stack.
  process.stderr.write(`${error instanceof ConfigError ? error.message : describe(error)}\n`);
  process.exitCode = 1;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
