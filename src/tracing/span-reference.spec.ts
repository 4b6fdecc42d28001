import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  formatTraceparent,
  generationSpanOf,
  generationSpansOf,
  parseTraceparent,
} from './span-reference.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const HEXADECIMAL = '0123456789abcdef'.split('');
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;

describe('parseTraceparent', () => {
  it.each([
    [TRACEPARENT, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`cc-${TRACE}-${SPAN}-01`, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, true],
  ])('reads %s', (text, sampled) => {
    expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    undefined,
    [TRACEPARENT],
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `cc-${TRACE}-${SPAN}-01.more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    TRACEPARENT.toUpperCase(),
    ` ${TRACEPARENT}`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-1`,
  ])('takes %j for nothing', (text) => {
    expect(parseTraceparent(text)).toBeNull();
  });

  it('reads what is written', () => {
    const id = (length: number) =>
      fc
        .string({ unit: fc.constantFrom(...HEXADECIMAL), minLength: length, maxLength: length })
        .filter((text) => !/^0+$/.test(text));
    fc.assert(
      fc.property(id(32), id(16), fc.boolean(), (traceId, spanId, sampled) => {
        const reference = { traceId, spanId, sampled };
        expect(parseTraceparent(formatTraceparent(reference))).toEqual(reference);
      }),
    );
  });

  it('takes any other text for nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseTraceparent(text)).toBeNull();
      }),
    );
  });
});

describe('generationSpanOf', () => {
  it('is the same whenever it is asked for, and another one for each generation', () => {
    const one = generationSpanOf({ id: 'video_1', traceparent: TRACEPARENT });
    expect(generationSpanOf({ id: 'video_1', traceparent: TRACEPARENT })).toEqual(one);
    expect(one).toMatchObject({ traceId: TRACE, sampled: true });
    expect(one?.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(one?.spanId).not.toBe(SPAN);
    expect(generationSpanOf({ id: 'video_2', traceparent: TRACEPARENT })?.spanId).not.toBe(one?.spanId);
  });

  it.each([null, 'nonsense', `00-${TRACE}-${SPAN}-00`])('is none where %j leads to it', (traceparent) => {
    expect(generationSpanOf({ id: 'video_1', traceparent })).toBeNull();
  });

  it('leaves out those that are not recorded', () => {
    const all = [
      { id: 'video_1', traceparent: null },
      { id: 'video_2', traceparent: TRACEPARENT },
    ];
    expect(generationSpansOf(all)).toEqual([generationSpanOf({ id: 'video_2', traceparent: TRACEPARENT })]);
  });
});
