import { Writable } from 'node:stream';

import { Test } from '@nestjs/testing';
import { LoggerModule } from 'nestjs-pino';
import { expect, it } from 'vitest';

import { GatewayLogger } from './gateway-logger.js';

it('leaves what Nest says of its own start to the level debug', async () => {
  const lines: { readonly level: number; readonly msg: string }[] = [];
  const stream = new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.push(JSON.parse(line.toString()) as { level: number; msg: string });
      done();
    },
  });
  const imports = [LoggerModule.forRoot({ pinoHttp: [{ level: 'trace' }, stream] })];
  const app = await Test.createTestingModule({ imports, providers: [GatewayLogger] }).compile();
  const logger = app.get(GatewayLogger);
  logger.log('Mapped {/health, GET} route', 'RouterExplorer');
  logger.log('It runs', 'Penstock');
  logger.log({ generations: 3 }, 'Took them up', 'generations');
  await app.close();

  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    [20, 'Mapped {/health, GET} route'],
    [30, 'It runs'],
    [30, 'Took them up'],
  ]);
});
