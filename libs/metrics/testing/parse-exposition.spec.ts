import { describe, expect, it } from 'vitest';

import { parseExposition } from './parse-exposition.js';

describe('parseExposition', () => {
  it('reads types, labels with escapes, and values', () => {
    const text = '# HELP a Help.\n# TYPE a gauge\na{x="q\\"\\\\n",y="\\n"} -1.5e3\n# TYPE b gauge\nb +Inf\n';
    const exposition = parseExposition(text);
    expect(exposition.samples).toEqual([
      { name: 'a', labels: { x: 'q"\\n', y: '\n' }, value: -1_500 },
      { name: 'b', labels: {}, value: Infinity },
    ]);
    expect(exposition.types.get('a')).toBe('gauge');
    expect(exposition.value('a', { y: '\n' })).toBe(-1_500);
    expect(exposition.value('a', { y: 'z' })).toBeUndefined();
  });

  it.each([
    ['# TYPE a gauge\na 1', 'must end with a line feed'],
    ['a 1\n', 'Without a type: a 1'],
    ['# TYPE a gauge\na{x=1} 1\n', 'Not a sample: a{x=1} 1'],
    ['# TYPE a gauge\na one\n', 'Not a number: one'],
    ['# TYPE a gauge\na 1\na 2\n', 'Repeated: a 2'],
  ])('refuses %j', (text, message) => {
    expect(() => parseExposition(text)).toThrow(message);
  });

  it('does not choose between samples', () => {
    const exposition = parseExposition('# TYPE a gauge\na{x="1"} 1\na{x="2"} 2\n');
    expect(() => exposition.value('a')).toThrow('2 samples match a {}.');
  });
});
