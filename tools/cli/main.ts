#!/usr/bin/env node
import { CommanderError } from 'commander';

import { CliError } from './client.js';
import { makeProgram } from './program.js';

// Whoever reads us may stop, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const program = makeProgram(process.env, (code) => {
  process.exitCode = code;
});

/** Commander has told what was wrong with the words already. */
const exitCodeOf = ({ exitCode }: CommanderError): number => (exitCode === 0 ? 0 : 2);

try {
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)])
    command.exitOverride();
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = exitCodeOf(error);
  else {
    process.stderr.write(`penstock: ${error instanceof CliError ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
