import { expect, it } from 'vitest';

import { checkAttached, type AttachedFiles } from './attachments.js';

const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, `${index}.db`]));

it.each<[AttachedFiles, string]>([
  [{ main: 'a.db' }, 'names of letters, digits and "_" other than "main" and "temp", got "main"'],
  [{ 'a.b': 'a.db' }, 'got "a.b"'],
  [{ 'a"; DROP TABLE x; --': 'a.db' }, 'names of letters'],
  [{ a: '' }, 'attach.a must be a plain path, got ""'],
  [{ a: 'file:a.db' }, 'attach.a must be a plain path, got "file:a.db"'],
  [{ a: ':memory:' }, 'attach.a must be a file unless path is ":memory:" too, got ":memory:"'],
  [{ a: './x.db' }, 'attach.a must be a file that is not in use already, got ./x.db'],
  [{ a: 'y.db', b: 'y.db' }, 'attach.b must be a file that is not in use already, got y.db'],
  [eleven, 'attach must name at most 10 databases, got 11'],
])('refuses to attach %j', (attach, message) => {
  expect(() => {
    checkAttached(attach, 'x.db');
  }).toThrow(message);
});

it('takes files under names, and databases in memory beside one in memory', () => {
  checkAttached({ archive: 'data/archive.db', _2: '/tmp/b' }, 'x.db');
  checkAttached({ a: ':memory:', b: ':memory:' }, ':memory:');
});
