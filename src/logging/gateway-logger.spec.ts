import { Writable } from 'node:stream';

import { Test, type TestingModule } from '@nestjs/testing';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { loadedSettings, type TestSettings } from 'penstock/settings/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { GatewayLogger } from './gateway-logger.js';
import { LogLevelKeeper } from './log-level-keeper.js';
import { loggingSettings } from './logging.settings.js';

describe('GatewayLogger', () => {
  const lines: { readonly level: number; readonly msg: string }[] = [];
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
    const imports = [LoggerModule.forRoot({ pinoHttp: [{ level: 'trace' }, stream] })];
    app = await Test.createTestingModule({ imports, providers: [GatewayLogger] }).compile();
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
