import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

const DEMO = fileURLToPath(new URL('../../dist/tools/demo/main.js', import.meta.url));

it('npm run demo -- --once shows the whole path and ends with 0 after the files were checked', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [DEMO, '--once'], {
    timeout: 150_000,
  });

  expect(stdout).toContain('Added 3 tokens.');
  expect(stderr).toMatch(/100 % {2}completed +team-[abc]/);
  expect(stderr).toMatch(/next poll in \d+\.\d s/);
  const files = stdout.match(/^ {2}\/.*\.mp4$/gm)?.map((line) => line.trim()) ?? [];
  expect(files).toHaveLength(6);
  expect(files.every((file) => existsSync(file))).toBe(true);
  expect(stdout).toMatch(/\/docs +the API, to try out/);
  const folder = /^Folder +(.*)$/m.exec(stdout)?.[1];
  if (folder !== undefined) await rm(folder, { recursive: true });
});
