import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ADMIN_KEY } from '../support/gateway-process.js';
import { runProgram, type ProgramEnd, type ProgramOptions } from '../support/run-gateway.js';
import { openStage, type Stage } from '../support/stage.js';

describe('npx penstock, in a pipe', () => {
  let on: Stage;
  const penstock = (
    words: readonly string[],
    more: Record<string, string> = {},
    options: ProgramOptions = {},
  ): Promise<ProgramEnd> => {
    const environment = { PENSTOCK_URL: on.api.url, PENSTOCK_ADMIN_KEY: ADMIN_KEY, ...more };
    return runProgram(['tools/cli/main.js', ...words], environment, options);
  };
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(on.dataDir, name);
    await writeFile(path, text);
    return path;
  };
  beforeAll(async () => {
    on = await openStage({});
    on.simulator.control.setCredentials([{ secret: 'sk-one' }]);
  });
  afterAll(() => on.close());

  it('imports, tests and lists tokens', async () => {
    const tokens = await file('tokens.txt', 'sk-one\nsk-two\nsk-one\n');
    const flags = ['--provider', 'openai-videos', '--base-url', on.simulator.baseUrl];
    const imported = await penstock(['tokens', 'import', tokens, ...flags]);
    expect([imported.code, imported.stdout]).toEqual([0, expect.stringContaining('added 2, duplicate 1')]);
    expect(imported.stderr).toContain('3/3 completed');
    const tested = await penstock(['tokens', 'test', '--all', '--json']);
    expect(JSON.parse(tested.stdout)).toMatchObject({
      results: { valid: 1, invalid: 1 },
      changes: { disabled: 1 },
    });
    expect(tested.stderr).toBe('');
    const listed = await penstock(['tokens', 'list', '--state', 'disabled']);
    expect(listed.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^ID +PROVIDER +LABEL +STATE +ENDS IN$/),
      expect.stringMatching(/^tok_\w+ +openai-videos +imported \w+ +disabled +two$/),
    ]);
  });

  it('makes keys and backups', async () => {
    const key = await penstock(['keys', 'create', '--label', 'ci', '--scopes', 'read']);
    expect([key.code, key.stdout]).toEqual([0, expect.stringMatching(/^psk_[\w-]+\n$/)]);
    const bounds = ['--per-minute', '60', '--concurrent', '5', '--max-priority', 'high'];
    const bounded = await penstock(['keys', 'create', '--label', 'app', ...bounds, '--json']);
    expect(JSON.parse(bounded.stdout)).toMatchObject({
      limits: { perMinute: 60, perDay: null, concurrent: 5 },
      priority: { default: 'normal', max: 'high' },
    });
    const wrong = await penstock(['keys', 'create', '--label', 'app', '--per-day', 'many']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('whole number of at least 1')]);
    const backup = await penstock(['db', 'backup', '--json']);
    expect(JSON.parse(backup.stdout)).toMatchObject({ integrity: 'ok' });
  });

  it('says which rows of a file are bad, and ends with 3', async () => {
    const csv = await file(
      'bad.csv',
      'label,secret,weight\nfirst,sk-three,1\nsecond,,1\nthird,sk-four,heavy\n',
    );
    const end = await penstock(['tokens', 'import', csv, '--provider', 'openai-videos', '--dry-run']);
    expect([end.code, end.stdout]).toEqual([3, expect.stringContaining('would_add 1')]);
    expect(end.stdout).toMatch(
      /^failed:\n {2}3 \(line 3\): .*"secret".*\n {2}4 \(line 4\): .*"weight".*\n$/m,
    );
    const { code, stdout } = await penstock(['tokens', 'import', csv, '--dry-run', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([3, expect.objectContaining({ state: 'completed' })]);
  });

  it('refuses a file that it cannot read, and adds nothing of it', async () => {
    const csv = await file('worse.csv', 'label,token\nfirst,sk-three\n');
    const end = await penstock(['tokens', 'import', csv, '--provider', 'openai-videos']);
    expect([end.code, end.stderr]).toEqual([1, expect.stringContaining('"secret" among them')]);
    const listed = await penstock(['tokens', 'list', '--json']);
    expect((JSON.parse(listed.stdout) as readonly object[]).length).toBe(2);
  });

  it('says that there was nothing to do', async () => {
    const end = await penstock(['tokens', 'test', '--label', 'nobody']);
    expect([end.code, end.stdout]).toEqual([0, expect.stringContaining('nothing to do')]);
  });

  it('leaves a batch to itself after Ctrl-C, and says how to follow it', async () => {
    const fault = on.simulator.control.addFault({
      operation: 'models',
      fault: { type: 'slow', delayMs: 3_000 },
    });
    const end = await penstock(['tokens', 'test', '--all'], {}, { interrupt: 'running' });
    on.simulator.control.removeFault(fault);
    expect([end.code, end.stdout]).toEqual([130, '']);
    const [, id = ''] =
      /The batch goes on\. Follow it with: penstock batches watch (\w+)\n$/.exec(end.stderr) ?? [];
    const followed = await penstock(['batches', 'watch', id]);
    expect([followed.code, followed.stdout]).toEqual([0, expect.stringContaining('valid 1')]);
  });

  it.each([
    [['batches', 'watch', 'batch_0'], {}, 1, 'penstock: 404: There is no batch "batch_0".\n'],
    [['tokens', 'list'], { PENSTOCK_ADMIN_KEY: 'wrong-key' }, 1, 'See PENSTOCK_ADMIN_KEY.\n'],
    [['tokens', 'list'], { PENSTOCK_ADMIN_KEY: '' }, 1, 'PENSTOCK_ADMIN_KEY is not set.'],
    [['tokens', 'list'], { PENSTOCK_URL: 'http://127.0.0.1:9' }, 1, 'cannot be reached'],
    [['tokens', 'list'], { PENSTOCK_URL: 'there' }, 1, 'PENSTOCK_URL: got "there"'],
    [['tokens', 'import', 'no.csv'], {}, 1, 'There is no file "no.csv".'],
    [['tokens', 'test'], {}, 1, 'Say which tokens'],
    [['tokens', 'tset'], {}, 2, "unknown command 'tset'"],
  ])('says in a line why %j cannot be done', async (words, more, code, message) => {
    const end = await penstock(words, more);
    expect([end.code, end.stdout]).toEqual([code, '']);
    expect(end.stderr).toContain(message);
    expect(end.stderr).not.toContain('    at ');
  });

  it('helps', async () => {
    const { code, stdout } = await penstock(['tokens', 'import', '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('--update')]);
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await penstock(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});
