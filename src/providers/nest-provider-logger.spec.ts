import { Logger, type LoggerService } from '@nestjs/common';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { NestProviderLogger } from './nest-provider-logger.js';
import { redactorOf } from './redactor.js';

let lines: unknown[][];

const remember =
  (level: string) =>
  (...line: unknown[]): void => {
    lines.push([level, ...line]);
  };

beforeEach(() => {
  lines = [];
  const recorder: LoggerService = {
    log: remember('log'),
    error: remember('error'),
    warn: remember('warn'),
    debug: remember('debug'),
  };
  Logger.overrideLogger(recorder);
});

afterEach(() => {
  Logger.overrideLogger(['log', 'error', 'warn', 'debug', 'verbose', 'fatal']);
});

it('writes to the context of its provider, with the fields of the call', () => {
  const logger = new NestProviderLogger('acme', { tokenId: 't1', operation: 'poll' }, redactorOf('s3cret'));
  logger.warn('A status that is not known.', { status: 'paused', count: 2 });
  logger.debug('asked');

  expect(lines).toEqual([
    [
      'warn',
      { msg: 'A status that is not known.', status: 'paused', count: 2, tokenId: 't1', operation: 'poll' },
      'provider:acme',
    ],
    ['debug', { msg: 'asked', tokenId: 't1', operation: 'poll' }, 'provider:acme'],
  ]);
});

it('cuts the secret out of the message and the fields', () => {
  const logger = new NestProviderLogger('acme', {}, redactorOf('s3cret'));
  logger.warn('Refused s3cret', { header: 'Bearer s3cret' });

  expect(JSON.stringify(lines)).not.toContain('s3cret');
});
