import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ADMIN_KEY } from '../support/gateway-process.js';
import { runProgram, type ProgramEnd } from '../support/run-gateway.js';
import { openStage, type Stage } from '../support/stage.js';

describe('npx penstock, in a pipe', () => {
  let on: Stage;
  const penstock = (words: readonly string[], more: Record<string, string> = {}): Promise<ProgramEnd> => {
    const environment = { PENSTOCK_URL: on.api.url, PENSTOCK_ADMIN_KEY: ADMIN_KEY, ...more };
    return runProgram(['tools/cli/main.js', ...words], environment);
  };
  beforeAll(async () => {
    on = await openStage({});
    on.simulator.control.setCredentials([{ secret: 'sk-one' }]);
  });
  afterAll(() => on.close());

  it('imports, tests and lists tokens', async () => {
    const file = join(on.dataDir, 'tokens.txt');
    await writeFile(file, 'sk-one\nsk-two\nsk-one\n');
    const flags = ['--provider', 'openai-videos', '--base-url', on.simulator.baseUrl];
    const imported = await penstock(['tokens', 'import', file, ...flags]);
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
    const backup = await penstock(['db', 'backup', '--json']);
    expect(JSON.parse(backup.stdout)).toMatchObject({ integrity: 'ok' });
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
});
