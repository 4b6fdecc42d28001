import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { ADMIN_KEY } from '../support/gateway-process.js';
import { stage } from '../support/stage.js';

const MONITORING = fileURLToPath(new URL('../../docs/monitoring/', import.meta.url));
const isHere = spawnSync('promtool', ['--version']).error === undefined;
if (!isHere && process.env['CI'] === undefined) {
  process.stderr.write(
    'Tests by promtool are skipped: it is not installed (Debian: apt-get install prometheus).\n',
  );
}

/** What promtool says, and how it ends: 0 when all is well. */
const promtool = (parameters: readonly string[], input = '') => {
  const { status, stdout, stderr, error } = spawnSync('promtool', parameters, {
    cwd: MONITORING,
    input,
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}${error?.message ?? ''}` };
};

describe.skipIf(!isHere && process.env['CI'] === undefined)('promtool', () => {
  it('finds nothing to say about the metrics of a gateway that worked', async () => {
    const on = await stage({
      credentials: [{ secret: 'sk-one' }],
      behaviour: { queue: { medianMs: 10 }, duration: { medianMs: 50 } },
    });
    await on.api.end((await on.api.generate('a prompt')).id);
    const answer = await fetch(`${on.api.url}/metrics`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    const metrics = await answer.text();
    expect(metrics).toContain('penstock_http_request_duration_seconds_bucket');
    expect(promtool(['check', 'metrics'], metrics)).toEqual({ status: 0, said: '' });
  });

  it('objects where something is wrong', () => {
    expect(promtool(['check', 'metrics'], '# TYPE waits counter\nwaits 1\n').status).not.toBe(0);
  });

  it.each([
    ['check', 'alerts.yaml'],
    ['test', 'alerts.test.yaml'],
  ])('%ss the rules of %s', (verb, file) => {
    const { status, said } = promtool([verb, 'rules', file]);
    expect(said).toMatch(/SUCCESS/);
    expect(status).toBe(0);
  });
});
