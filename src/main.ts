import { CodedError } from 'penstock/kernel';

import { ConfigError } from './config/index.js';
import { createPenstock } from './create-penstock.js';

// What is stored, prompts among it, is for the user that Penstock runs as, and for nobody else.
process.umask(0o077);

try {
  await (await createPenstock()).start();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  // Parts that did start may hold the process open; there is nothing left for them to do.
  process.exit(1);
}

/** What an operator can mend is told without a stack. */
function explain(error: unknown): string {
  if (error instanceof CodedError && error.code === 'database_corrupt')
    return `${error.message} With the gateway stopped: npm run db:restore -- <backup>`;
  if (error instanceof ConfigError || error instanceof CodedError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE')
    return `${error.message}. Stop what listens there, or set PORT to another port.`;
  return error.stack ?? error.message;
}
