import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { runProgram } from '../support/run-gateway.js';

const PROGRAM = 'tools/dashboard/main.js';
const isHere = spawnSync('prometheus', ['--version']).error === undefined;
if (!isHere && process.env['CI'] === undefined) {
  process.stderr.write(
    'The test of the dashboard is skipped: Prometheus is not installed (Debian: apt-get install prometheus).\n',
  );
}

describe('npm run dashboard', () => {
  it.skipIf(!isHere && process.env['CI'] === undefined)(
    'finds something for every query of the dashboard in a real Prometheus, which can judge every alert rule',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'penstock-dashboard-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      const picture = join(folder, 'dashboard.svg');
      const parameters = [PROGRAM, '--seconds', '40', '--picture', picture];
      const { code, stdout } = await runProgram(parameters, {}, { withinMs: 170_000 });
      expect(stdout).toMatch(/^Tokens by state: \d+ series$/m);
      expect(stdout).toMatch(/^\d+ alert rules; firing: none$/m);
      expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'All is shown.']);
      expect(await readFile(picture, 'utf8')).toContain('>Tokens by state</text>');
    },
  );

  it.each([['5'], ['soon'], ['1.5'], ['100000']])('refuses --seconds %s', async (seconds) => {
    const { code, stderr } = await runProgram([PROGRAM, '--seconds', seconds], {}, { withinMs: 20_000 });
    expect(code).toBe(2);
    expect(stderr).toContain(`--seconds must be a whole number from 10 to 86400, got "${seconds}".`);
    expect(stderr).toContain('Usage: npm run dashboard');
  });
});
