import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';

import type { Command } from 'commander';

import { CliError, type Client } from './client.js';
import { show, table, type Output } from './output.js';
import { watchBatch, type Batch } from './watch-batch.js';

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
  '.csv': 'text/csv',
};

/** What commands are run with. */
export interface CommandContext {
  readonly client: () => Client;
  readonly output: (command: Command) => Output;
  readonly exit: (code: number) => void;
}

interface TokenPage {
  readonly data: readonly Readonly<Record<'id' | 'provider' | 'label' | 'state' | 'last4', string>>[];
  readonly nextCursor: string | null;
}

/** Adds `tokens import`, `tokens test` and `tokens list`. */
export function addTokenCommands(program: Command, context: CommandContext): void {
  const tokens = program.command('tokens').description('Look after tokens.');
  tokens
    .command('import <file>')
    .description('Add the tokens of a file: .json, .ndjson, .csv, or a token a line; - reads standard input.')
    .option('--provider <name>', 'provider of rows that name none')
    .option('--base-url <url>', 'base URL of rows that name none')
    .option('--update', 'change tokens that are there already, instead of skipping them')
    .option('--no-match-labels', 'an equal label makes no duplicate')
    .option('--dry-run', 'only say what would be done')
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const client = context.client();
      const batch = await upload(client, file, options);
      context.exit(await watchBatch(client, batch.id, context.output(command)));
    });
  tokens
    .command('test')
    .description('Ask the upstreams whether credentials are good.')
    .option('--all', 'every token')
    .option('--state <state>', 'active or disabled ones')
    .option('--provider <name>', 'those of a provider')
    .option('--label <label>', 'those with a label')
    .action(async ({ all, ...select }: TestOptions, command: Command) => {
      const isNarrowed = Object.keys(select).length > 0;
      if (all !== true && !isNarrowed)
        throw new CliError('Say which tokens: --all, --state, --provider or --label.');
      const client = context.client();
      const body = { operation: 'token.test', input: { select } };
      const { id } = await client.json<Batch>('POST', '/admin/batches', body);
      context.exit(await watchBatch(client, id, context.output(command)));
    });
  tokens
    .command('list')
    .description('List tokens, newest first.')
    .option('--state <state>', 'ready, cooling, expired or disabled ones')
    .option('--provider <name>', 'those of a provider')
    .action(async (filter: Record<string, string>, command: Command) => {
      show(context.output(command), await allTokens(context.client(), filter), (data) =>
        table([
          ['ID', 'PROVIDER', 'LABEL', 'STATE', 'ENDS IN'],
          ...data.map(({ id, provider, label, state, last4 }) => [id, provider, label, state, last4]),
        ]),
      );
    });
}

interface ImportOptions {
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly update?: boolean;
  readonly matchLabels: boolean;
  readonly dryRun?: boolean;
}

interface TestOptions {
  readonly all?: boolean;
  readonly state?: string;
  readonly provider?: string;
  readonly label?: string;
}

async function upload(client: Client, file: string, options: ImportOptions): Promise<Batch> {
  if (file !== '-' && !(await stat(file).catch(() => undefined))?.isFile())
    throw new CliError(`There is no file "${file}".`);
  const query = new URLSearchParams({
    onDuplicate: options.update === true ? 'update' : 'skip',
    matchLabels: String(options.matchLabels),
    dryRun: String(options.dryRun === true),
    ...(options.provider === undefined ? {} : { provider: options.provider }),
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
  });
  const source = file === '-' ? process.stdin : createReadStream(file);
  const answer = await client.call('POST', `/admin/tokens/import?${query.toString()}`, {
    body: Readable.toWeb(source) as ReadableStream,
    headers: { 'content-type': TYPES[extname(file).toLowerCase()] ?? 'text/plain' },
  });
  return (await answer.json()) as Batch;
}

async function allTokens(client: Client, filter: Record<string, string>): Promise<TokenPage['data']> {
  const all: TokenPage['data'][number][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ ...filter, limit: '100', ...(cursor === '' ? {} : { cursor }) });
    const page: TokenPage = await client.json('GET', `/admin/tokens?${query.toString()}`);
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
}
