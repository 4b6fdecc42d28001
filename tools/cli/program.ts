import { createRequire } from 'node:module';

import { Command, Option } from 'commander';
import { z } from 'zod';

import { accessFrom, Client } from './client.js';
import { addKeyCommands } from './key-commands.js';
import { show, type Output } from './output.js';
import { addTokenCommands, type CommandContext } from './token-commands.js';
import { watchBatch } from './watch-batch.js';

const HELP = `
Environment:
  PENSTOCK_URL        where the gateway is (default: http://127.0.0.1:8080)
  PENSTOCK_ADMIN_KEY  an API key with the scope admin

Exit codes: 0 done, 1 it could not be done, 2 wrong command line, 3 the batch has failed items or did not complete.`;

const { version: VERSION } = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('penstock/package.json'));

/** The command line. @param exit - takes the exit code of a command that was carried out */
export function makeProgram(
  environment: Readonly<Record<string, string | undefined>>,
  exit: (code: number) => void,
): Command {
  const program = new Command('penstock')
    .description('Operates a Penstock gateway over its REST API.')
    .version(VERSION, '--version', 'tell the version')
    .addOption(new Option('--json', 'write one JSON value instead of text'))
    .addHelpText('after', HELP)
    .showHelpAfterError('(see --help)');
  const context: CommandContext = {
    client: () => new Client(accessFrom(environment)),
    output: (command): Output => ({
      json: command.optsWithGlobals()['json'] === true,
      terminal: process.stderr.isTTY,
      write: (text) => process.stdout.write(text),
    }),
    exit,
  };
  addTokenCommands(program, context);
  addKeyCommands(program, context);
  addOtherCommands(program, context);
  return program;
}

interface Backup {
  readonly path?: string;
  readonly name?: string;
  readonly bytes?: number;
}

function addOtherCommands(program: Command, context: CommandContext): void {
  program
    .command('batches')
    .description('Look after batches.')
    .command('watch <id>')
    .description('Follow a batch to its end.')
    .action(async (id: string, _options: object, command: Command) => {
      context.exit(await watchBatch(context.client(), id, context.output(command)));
    });
  program
    .command('db')
    .description('Look after the database.')
    .command('backup')
    .description('Make a backup in the folder of the gateway, while everything goes on.')
    .option('--name <name>', 'name of the file')
    .action(async (options: { name?: string }, command: Command) => {
      const made = await context.client().json<Backup>('POST', '/admin/database/backup', options);
      show(context.output(command), made, ({ path, name = '', bytes = 0 }) => [
        `${path ?? name}: ${String(bytes)} bytes`,
      ]);
    });
}
