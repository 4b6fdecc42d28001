import { request } from 'undici';
import { describe, expect, it } from 'vitest';

import { run } from './run.js';

function terminal() {
  const text = { out: '', err: '' };
  let stop = (): void => undefined;
  return {
    text,
    stop: () => {
      stop();
    },
    out: (more: string) => (text.out += more),
    err: (more: string) => (text.err += more),
    onStop: (callback: () => void) => (stop = callback),
  };
}

describe('run', () => {
  it('says where it listens in one line, serves, and ends when asked to', async () => {
    const screen = terminal();
    const running = run(['--port', '0', '--credentials', '1'], screen);
    await expect
      .poll(() => screen.text.out)
      .toMatch(/^upstream-simulator listens on http:\/\/127\.0\.0\.1:\d+\n$/);
    const [url = ''] = /http:\S+/.exec(screen.text.out) ?? [];
    const answer = await request(`${url}/v1/models`, { headers: { authorization: 'Bearer sim-key-1' } });
    await answer.body.dump();
    expect(answer.statusCode).toBe(200);
    screen.stop();
    expect(await running).toBe(0);
    await expect(request(`${url}/v1/models`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('returns 2 for a wrong command line, with the reason and the usage', async () => {
    const screen = terminal();
    expect(await run(['--port', 'x'], screen)).toBe(2);
    expect(screen.text.err).toMatch(/^upstream-simulator: --port must be .*\n\nUsage: /);
    expect(screen.text.out).toBe('');
  });

  it('prints the usage when asked for help', async () => {
    const screen = terminal();
    expect(await run(['--help'], screen)).toBe(0);
    expect(screen.text.out).toContain('--time-scale');
  });

  it('returns 1 when it cannot listen', async () => {
    const first = terminal();
    const running = run(['--port', '0'], first);
    await expect.poll(() => first.text.out).toContain('http://');
    const [, port = ''] = /:(\d+)\n/.exec(first.text.out) ?? [];
    const second = terminal();
    expect(await run(['--port', port], second)).toBe(1);
    expect(second.text.err).toContain('EADDRINUSE');
    first.stop();
    await running;
  });
});
