import { Writable } from 'node:stream';

import { Test, type TestingModule } from '@nestjs/testing';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { loadedSettings, type TestSettings } from 'penstock/settings/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { newRequestContext, runInRequest } from '../requests/request-context.js';
import { GatewayLogger } from './gateway-logger.js';
import { LineThinner } from './line-thinner.js';
import { loggerParams } from './log-options.js';
import { LogLevelKeeper } from './log-level-keeper.js';
import { loggingSettings } from './logging.settings.js';

describe('GatewayLogger', () => {
  const lines: { readonly level: number; readonly msg: string; readonly requestId?: string }[] = [];
  const clock = new ManualClock();
  let app: TestingModule;
  let logger: GatewayLogger;

  beforeAll(async () => {
    const stream = new Writable({
      write: (line: Buffer, _encoding, done) => {
        lines.push(JSON.parse(line.toString()) as { level: number; msg: string });
        done();
      },
    });
    // The library keeps one root for the process, so all tests share it.
    const imports = [LoggerModule.forRoot(loggerParams('trace', stream))];
    app = await Test.createTestingModule({
      imports,
      providers: [GatewayLogger, LineThinner, { provide: Clock, useValue: clock }],
    }).compile();
    logger = app.get(GatewayLogger);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    lines.length = 0;
    PinoLogger.root.level = 'trace';
  });

  const logged = () => lines.map(({ level, msg }) => [level, msg]);
  const logAll = (): void => {
    for (const level of ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const)
      logger[level](level, 'Part');
  };

  it('leaves what Nest says of its own start to the level debug', () => {
    logger.log('Mapped {/health, GET} route', 'RouterExplorer');
    logger.log('It runs', 'Penstock');
    logger.log({ generations: 3 }, 'Took them up', 'generations');
    expect(logged()).toEqual([
      [20, 'Mapped {/health, GET} route'],
      [30, 'It runs'],
      [30, 'Took them up'],
    ]);
  });

  it('logs at every level', () => {
    logAll();
    expect(lines.map(({ level }) => level)).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it('names the request that a line belongs to, until its answer has ended', async () => {
    const context = newRequestContext('r-1');
    await runInRequest(context, async () => {
      await Promise.resolve();
      logger.warn('during', 'Part');
      context.ended = true;
      logger.warn('afterwards', 'Part');
    });
    logger.warn('elsewhere', 'Part');
    expect(lines.map(({ msg, requestId }) => [msg, requestId])).toEqual([
      ['during', 'r-1'],
      ['afterwards', undefined],
      ['elsewhere', undefined],
    ]);
  });

  it('thins lines that are alike but for their numbers, and says how many were left out', async () => {
    for (let n = 0; n < 500; n += 1) logger.warn(`Token tok_${String(n)} is slow: ${String(n)} ms`, 'Part');
    logger.warn('Something else', 'Part');
    await clock.advance(10_000);
    expect(lines).toHaveLength(12);
    expect(lines.at(-2)?.msg).toBe('Something else');
    expect(lines.at(-1)?.msg).toMatch(/^490 more lines like this were left out: warn Token # is slow/);
    logger.warn('Token tok_9 is slow: 9 ms', 'Part');
    expect(lines).toHaveLength(13);
    await clock.advance(10_000);
    expect(lines).toHaveLength(13);
  });

  it('does not thin what debug was asked for, nor what is fatal', () => {
    for (let n = 0; n < 50; n += 1) logger.debug('again', 'Part');
    for (let n = 0; n < 50; n += 1) logger.fatal('again', 'Part');
    expect(lines).toHaveLength(100);
  });

  it('describes errors without what they carry', () => {
    const error = Object.assign(new Error('at https://me:hunter2@proxy.example'), {
      parameters: ['sk-abcdefgh'],
    });
    logger.error(error, 'Part');
    logger.error({ err: error, prompt: 'a cat' }, 'It failed', 'Part');
    const text = JSON.stringify(lines);
    expect(text).not.toMatch(/hunter2|abcdefgh|a cat/);
    expect(text).toContain('proxy.example');
  });

  describe('under a level of the settings', () => {
    let test: TestSettings;
    let keeper: LogLevelKeeper;
    const set = async (level: string): Promise<void> => {
      const { version } = test.settings.state('logging');
      await test.editor.put('logging', { level }, { expectedVersion: version, by: 'key_1' });
    };
    beforeEach(async () => {
      test = await loadedSettings([loggingSettings.withDefaults({ level: 'warn' })]);
      keeper = new LogLevelKeeper(test.settings);
      expect(keeper).toBeDefined();
    });

    it('begins with the default, and follows a change', async () => {
      logAll();
      expect(lines.map(({ level }) => level)).toEqual([40, 50, 60]);
      await set('trace');
      logger.verbose('now', 'Part');
      expect(logged()).toContainEqual([10, 'now']);
    });

    it('follows it in work that began before, for which pino made a child', async () => {
      const pino = await app.resolve(PinoLogger);
      await pino.runInContext(
        async () => {
          logger.debug('before', 'Part');
          await set('debug');
          logger.debug('after', 'Part');
          await set('fatal');
          logger.error('not any more', 'Part');
        },
        { bindings: { reqId: 'r1' } },
      );
      expect(logged()).toEqual([[20, 'after']]);
    });
  });
});
