import { type Command, InvalidArgumentError, Option } from 'commander';

import { show } from './output.js';
import type { CommandContext } from './token-commands.js';

const SCOPES = ['generate', 'read', 'metrics', 'admin'];
const PRIORITIES = ['low', 'normal', 'high'];

interface KeyOptions {
  readonly label: string;
  readonly scopes: readonly string[];
  readonly perMinute?: number;
  readonly perDay?: number;
  readonly concurrent?: number;
  readonly priority?: string;
  readonly maxPriority?: string;
}

/** `penstock keys …` */
export function addKeyCommands(program: Command, context: CommandContext): void {
  program
    .command('keys')
    .description('Look after API keys.')
    .command('create')
    .description('Make an API key. It is shown only now.')
    .requiredOption('--label <label>', 'for people')
    .addOption(
      new Option('--scopes <scopes...>', 'what it may do').choices(SCOPES).default(['generate', 'read']),
    )
    .option('--per-minute <count>', 'most generations asked for within 60 seconds', count)
    .option('--per-day <count>', 'most generations asked for on one day', count)
    .option('--concurrent <count>', 'most generations at once', count)
    .addOption(new Option('--priority <priority>', 'of requests that name none').choices(PRIORITIES))
    .addOption(new Option('--max-priority <priority>', 'the highest that may be named').choices(PRIORITIES))
    .action(async (options: KeyOptions, command: Command) => {
      const made = await context
        .client()
        .json<{ readonly key: string }>('POST', '/admin/keys', bodyOf(options));
      show(context.output(command), made, ({ key }) => [key]);
    });
}

function count(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

function bodyOf({ label, scopes, priority, maxPriority, ...limits }: KeyOptions): object {
  const urgency = { ...(priority && { default: priority }), ...(maxPriority && { max: maxPriority }) };
  return {
    label,
    scopes,
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(urgency).length > 0 && { priority: urgency }),
  };
}
