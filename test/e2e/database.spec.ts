import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { ADMIN_KEY, startGatewayProcess } from '../support/gateway-process.js';
import { runGateway, runProgram, type ProgramEnd } from '../support/run-gateway.js';
import { QUICK, stage, type Stage } from '../support/stage.js';

const tool = (on: Stage, ...words: readonly string[]): Promise<ProgramEnd> =>
  runProgram(['tools/database/main.js', ...words], { PENSTOCK_DATA_DIR: on.dataDir });

const start = (on: Stage) =>
  startGatewayProcess({ dataDir: on.dataDir, port: Number(new URL(on.api.url).port) });

it('is backed up while it works, by route and by command, and restored when it is stopped', async () => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  const before = await on.api.generate('before the backup');
  await on.api.end(before.id);
  const byRoute = await on.api.request('POST', '/admin/database/backup', { name: 'by-route.sqlite' });
  expect(byRoute).toMatchObject({ status: 201, body: { name: 'by-route.sqlite', integrity: 'ok' } });
  const byCommand = await tool(on, 'backup');
  expect(byCommand).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(join(on.dataDir, 'backups'))).toHaveLength(2);
  const { body } = await on.api.request('GET', '/admin/database');
  expect(byCommand.stdout).toContain(String(body['file']['lastBackup']['name']));

  const after = await on.api.generate('after the backup');
  await on.api.end(after.id);
  const backup = join(on.dataDir, 'backups/by-route.sqlite');
  expect(await tool(on, 'restore', backup)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('database_in_use') as string,
  });
  expect((await on.api.read(after.id)).status).toBe('completed');

  await on.gateway().kill('SIGKILL');
  expect(await tool(on, 'restore', backup)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('before-restore') as string,
  });
  const restored = await start(on);
  try {
    expect((await on.api.read(before.id)).status).toBe('completed');
    expect((await on.api.request('GET', `/v1/generations/${after.id}`)).status).toBe(404);
    expect((await on.api.end((await on.api.generate('with the token of the backup')).id)).status).toBe(
      'completed',
    );
  } finally {
    await restored.kill('SIGKILL');
  }
});

it('that is restored submits nothing that may have been submitted after the backup', async () => {
  const on = await stage({
    credentials: [{ secret: 'sk-one', concurrency: 1 }],
    behaviour: { queue: { medianMs: 100 }, duration: { medianMs: 60_000 } },
  });
  const first = await on.api.generate('accepted before the backup');
  await on.api.reach(first.id, 'in_progress');
  const waiting = await on.api.generate('waiting during the backup');
  const backup = join(on.dataDir, 'backup.sqlite');
  expect((await tool(on, 'backup', backup)).code).toBe(0);
  await on.gateway().kill('SIGKILL');

  for (const [words, end] of [
    [[], { status: 'failed', error: { code: 'restored_from_backup' } }],
    [['--keep-queued'], { status: 'queued' }],
  ] as const) {
    expect(await tool(on, 'restore', backup, ...words)).toMatchObject({ code: 0 });
    const restored = await start(on);
    try {
      expect(await on.api.read(waiting.id)).toMatchObject(end);
      expect((await on.api.read(first.id)).status).toBe('in_progress');
    } finally {
      await restored.kill('SIGKILL');
    }
  }
});

it('that is damaged keeps the gateway from starting, with one message that says the way out', async () => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  await on.api.end((await on.api.generate('before')).id);
  expect((await tool(on, 'backup', join(on.dataDir, 'good.sqlite'))).code).toBe(0);
  await on.gateway().kill('SIGTERM');
  const path = join(on.dataDir, 'penstock.sqlite');
  const damaged = (await readFile(path)).fill(0xab, 4_096, 12_288);
  await writeFile(path, damaged);

  const end = await runGateway({ PORT: '0', PENSTOCK_DATA_DIR: on.dataDir, PENSTOCK_ADMIN_KEY: ADMIN_KEY });
  expect(end.code).toBe(1);
  expect(end.stderr).toMatch(
    /penstock\.sqlite cannot be used: .* Nothing was changed\. Restore a backup\. With the gateway stopped: npm run db:restore -- <backup>\n$/,
  );
  expect(end.stderr).not.toMatch(/\n\s+at /);
  expect(damaged.equals(await readFile(path))).toBe(true);

  expect((await tool(on, 'restore', join(on.dataDir, 'good.sqlite'))).code).toBe(0);
  const restored = await start(on);
  await restored.kill('SIGKILL');
});

it('has commands that say what they take', async () => {
  const usage = { code: 2, stderr: expect.stringContaining('npm run db:restore -- <file>') as string };
  for (const words of [[], ['restore'], ['backup', 'a', 'b'], ['backup', '--keep-queued'], ['drop']])
    expect(await runProgram(['tools/database/main.js', ...words], {})).toMatchObject(usage);
  expect(
    await runProgram(['tools/database/main.js', 'backup'], { DATABASE_URL: '/nowhere/x' }),
  ).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('backup_failed: There is no database at /nowhere/x') as string,
  });
});
