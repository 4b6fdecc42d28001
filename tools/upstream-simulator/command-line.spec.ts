import { describe, expect, it } from 'vitest';

import { parseCommandLine, UsageError } from './command-line.js';

describe('parseCommandLine', () => {
  it('has a default for everything', () => {
    expect(parseCommandLine([])).toEqual({
      host: '127.0.0.1',
      port: 9090,
      seed: 1,
      credentials: ['sim-key-1', 'sim-key-2', 'sim-key-3'].map((secret) => ({ secret, concurrency: -1 })),
      behaviour: { timeScale: 1 },
      idempotency: false,
    });
  });

  it('takes what is given', () => {
    const line =
      '--host ::1 --port 0 --seed 42 --credentials 1 --concurrency 4 --time-scale 0.1 --idempotency';
    expect(parseCommandLine(line.split(' '))).toEqual({
      host: '::1',
      port: 0,
      seed: 42,
      credentials: [{ secret: 'sim-key-1', concurrency: 4 }],
      behaviour: { timeScale: 0.1 },
      idempotency: true,
    });
  });

  it('knows when help is wanted', () => {
    expect(parseCommandLine(['--help'])).toBe('help');
  });

  it.each([
    [['--port', 'x'], '--port must be an integer from 0 to 65535, got "x"'],
    [['--port', '70000'], '--port must be an integer from 0 to 65535, got "70000"'],
    [['--port='], '--port must be'],
    [['--seed', '1.5'], '--seed must be'],
    [['--seed=-1'], '--seed must be'],
    [['--credentials', 'many'], '--credentials must be'],
    [['--concurrency=-2'], '--concurrency must be'],
    [['--time-scale', '0'], '--time-scale must be a number above 0'],
    [['--time-scale', 'fast'], '--time-scale must be'],
    [['--verbose'], '--verbose'],
    [['extra'], 'extra'],
    [['--port'], '--port'],
  ])('refuses %j, naming the flag', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
