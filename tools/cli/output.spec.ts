import { describe, expect, it } from 'vitest';

import { progressOn, show, table, type Output } from './output.js';

function output(json: boolean): { readonly to: Output; readonly written: string[] } {
  const written: string[] = [];
  return { to: { json, terminal: false, write: (text) => written.push(text) }, written };
}

describe('show', () => {
  it('writes lines for people, and one value for programs', () => {
    const [people, programs] = [output(false), output(true)];
    for (const { to } of [people, programs]) show(to, { a: 1 }, ({ a }) => ['A', String(a)]);
    expect([people.written.join(''), programs.written.join('')]).toEqual(['A\n1\n', '{"a":1}\n']);
  });
});

describe('table', () => {
  it('aligns columns, without spaces at the ends', () => {
    expect(
      table([
        ['ID', 'LABEL'],
        ['tok_1', 'a'],
        ['t', 'much longer'],
      ]),
    ).toEqual(['ID     LABEL', 'tok_1  a', 't      much longer']);
  });
});

describe('progressOn', () => {
  it('shows nothing with --json', () => {
    const { to, written } = output(true);
    const progress = progressOn(to);
    progress.update(1, 2, 'running');
    progress.stop();
    expect(written).toEqual([]);
  });
});
