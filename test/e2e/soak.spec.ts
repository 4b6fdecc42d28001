import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { runProgram } from '../support/run-gateway.js';

const SOAK = fileURLToPath(new URL('../../dist/tools/soak/main.js', import.meta.url));

it('npm run soak -- tokens finds no breach with twenty tokens of all sorts', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, 'tokens', '--generations', '300'], {
    timeout: 280_000,
  });
  expect(stdout).toContain('300 generations: ');
  expect(stdout).toContain('No breach.');
  expect(stdout.match(/errors,.* was turned off$/gm)).toHaveLength(3);
  expect(stdout.match(/quota 5 every 75 s/g)).toHaveLength(2);
}, 300_000);

it('npm run soak -- batch tests 1,000 tokens, dead, slow and rate-limited ones among them, without a breach', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, 'batch', '--interval', '20'], {
    timeout: 150_000,
  });
  expect(stdout).toContain('1000 tokens tested: ');
  // So many are slow that all places were taken: the limit was needed.
  expect(stdout).toContain('at most 5 of 5 at once');
  expect(stdout).toContain('No breach.');
});

it('npm run soak -- ledger finds the sums of the upstream in the ledger, among faults and kills', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, 'ledger', '--generations', '80'], {
    timeout: 280_000,
  });
  expect(stdout).toMatch(/^80 generations, 3 kills, \d+ s\.$/m);
  expect(stdout).toContain('The ledger is right.');
}, 300_000);

it('npm run soak -- sessions finds sockets, files and heap flat, whatever the number of origins', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, 'sessions', '--origins', '1500'], {
    timeout: 150_000,
  });
  // The last of ten looks: the maximum of sessions, and none that is stuck.
  expect(stdout).toMatch(/^ +1500 +100 +0 +\d+ +\S+ +[\d.]+$/m);
  expect(stdout).toContain('1500 origins.');
  expect(stdout).toContain('No breach.');
});

it('npm run soak -- polling tells what each strategy cost, among faults and a kill, and saw every end', async () => {
  // How much less predictive costs is a matter of time, and of the machine: the exit code tells.
  const { code, stdout } = await runProgram(
    ['tools/soak/main.js', 'polling', '--generations', '60'],
    {},
    { withinMs: 280_000 },
  );
  expect([0, 1]).toContain(code);
  expect(stdout).toContain('60 generations, a kill and 20 % faults for each strategy.');
  expect(stdout).toMatch(/^stages: [\d.]+ polls a generation, delay [\d.]+ s median/m);
  expect(stdout).toMatch(/^predictive: [\d.]+ polls a generation, delay [\d.]+ s median/m);
  expect(stdout).not.toMatch(/were seen|were not completed/);
}, 300_000);

it('npm run soak -- streams tells all streams of an end, and what each of them takes', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, 'streams', '--streams', '100'], {
    timeout: 150_000,
  });
  expect(stdout.match(/^ +100( +\S+){4}$/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^They heard of its end after \d+ ms \(median\) and \d+ ms at most\.$/m);
  expect(stdout).toContain('No breach.');
});

it('npm run soak -- assets keeps a file whose upstream breaks, with flat memory', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, 'assets', '--megabytes', '16'], {
    timeout: 280_000,
  });
  expect(stdout).toContain('16 MB into the sink disk, the upstream broke twice: ');
  expect(stdout).toContain('No breach.');
}, 300_000);

it('npm run soak says how it is used', async () => {
  await expect(promisify(execFile)(process.execPath, [SOAK, 'generations'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Usage: npm run soak -- tokens') as string,
  });
});
