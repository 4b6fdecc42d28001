import { CodedError } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';

import { describeError } from './describe-error.js';

describe('describeError', () => {
  it('tells type, message, code and causes', () => {
    const cause = new TypeError('inner');
    const error = new CodedError('it_broke', 'internal', 'outer', { cause });
    expect(describeError(error)).toMatchObject({
      type: 'CodedError',
      code: 'it_broke',
      message: 'outer',
      cause: { type: 'TypeError', message: 'inner' },
    });
  });

  it('leaves out whatever else an error carries', () => {
    const error = Object.assign(new Error('query failed'), {
      parameters: ['sk-secret'],
      request: { prompt: 'mine' },
    });
    expect(JSON.stringify(describeError(error))).not.toMatch(/sk-secret|mine/);
  });

  it('bounds chains, also those that bite their own tail', () => {
    const error = new Error('again');
    error.cause = error;
    let depth = 0;
    for (let described = describeError(error).cause; described !== undefined; described = described.cause)
      depth += 1;
    expect(depth).toBe(4);
  });

  it('describes what is no error', () => {
    expect(describeError('boom')).toEqual({ type: 'string', message: 'boom' });
    expect(describeError(null)).toEqual({ type: 'object', message: 'null' });
  });
});
