import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

import { CodedError } from 'penstock/kernel';
import { resolvePollDeadlines, resolvePollSettings } from 'penstock/polling';
import { describe, expect, it } from 'vitest';

import { environmentSchema } from '../../src/config/environment.schema.js';
import { loadConfig } from '../../src/config/index.js';
import { LOG_LEVELS } from '../../src/config/penstock-config.js';
import { resolveGenerationSettings } from '../../src/generations/generations.options.js';
import { errorAnswer } from '../../src/http/error-answer.js';
import { curlsOf } from './docs/curl.js';
import { codesInSource } from './docs/error-codes.js';
import {
  allPages,
  anchorsOf,
  blocksOf,
  codeIn,
  linksOf,
  page,
  ROOT,
  rowsOf,
  type Row,
} from './docs/markdown.js';

const pages = allPages();

describe('every page', () => {
  it('has links that lead somewhere, headings included', () => {
    const broken = pages.flatMap((from) =>
      linksOf(from)
        .filter((target) => !leadsSomewhere(from.path, target))
        .map((target) => `${from.path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('names only scripts that package.json has', () => {
    const { scripts } = JSON.parse(page('package.json').text) as { scripts: Record<string, string> };
    const named = pages.flatMap(({ path, text }) =>
      Array.from(text.matchAll(/npm run ([\w:-]+)/g), ([, script = '']) => `${path}: ${script}`),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((each) => !Object.hasOwn(scripts, each.split(': ')[1] ?? ''))).toEqual([]);
  });

  it('has JSON that parses, in blocks and in what curl sends', () => {
    const texts = [
      ...pages.flatMap((each) => blocksOf(each, 'json')).map(({ at, text }) => ({ at, text })),
      ...pages.flatMap(curlsOf).flatMap(({ at, body }) => (body === undefined ? [] : [{ at, text: body }])),
    ];
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.filter(({ text }) => !parses(text)).map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
  });

  it('is there for every lib', () => {
    const libs = readdirSync(join(ROOT, 'libs')).map((name) => `libs/${name}/README.md`);
    expect(libs.filter((path) => !pages.some((each) => each.path === path))).toEqual([]);
  });
});

describe('the table of variables', () => {
  const columns = { 'README.md': ['variable', 'default'], 'README.zh-CN.md': ['变量', '默认值'] } as const;
  const expected = Object.fromEntries(
    Object.keys(environmentSchema.shape).map((name) => [name, defaultOf(name)]),
  );

  it.each(['README.md', 'README.zh-CN.md', 'docs/configuration.md'] as const)('of %s is right', (path) => {
    const [variable, standard] =
      path in columns ? columns[path as keyof typeof columns] : columns['README.md'];
    const rows = rowsOf(page(path), variable);
    expect(Object.fromEntries(rows.map((row) => [codeIn(row[variable]), codeIn(row[standard])]))).toEqual(
      expected,
    );
    const levels = rows.find((row) => codeIn(row[variable]) === 'LOG_LEVEL');
    for (const level of LOG_LEVELS) expect(JSON.stringify(levels)).toContain(`\`${level}\``);
  });

  it('says the same in both languages', () => {
    const commands = (path: string): readonly string[] =>
      blocksOf(page(path), 'sh', 'js', 'ts', 'python').map(({ text }) => text.replaceAll(/ *#.*$/gm, ''));
    expect(commands('README.zh-CN.md')).toEqual(commands('README.md'));
    expect(
      linksOf(page('README.zh-CN.md'))
        .filter((to) => to !== 'README.md')
        .sort(),
    ).toEqual(
      linksOf(page('README.md'))
        .filter((to) => to !== 'README.zh-CN.md')
        .sort(),
    );
  });
});

describe('the options in docs/configuration.md', () => {
  const rows = rowsOf(page('docs/configuration.md'), 'option').filter((row) => row['default'] !== undefined);
  const numbers = {
    ...resolveGenerationSettings(),
    ...resolvePollSettings({}),
    deadlineMs: resolvePollDeadlines(),
  };

  it('are those there are, with their defaults', () => {
    const documented = rows.filter((row) => !['strategy', 'queue'].includes(codeIn(row['option'])));
    const shown = documented.map((row) => [codeIn(row['option']), numbersIn(row['default'])]);
    const expected = Object.entries(numbers).map(([name, value]) => [name, numbersIn(JSON.stringify(value))]);
    expect(shown.sort()).toEqual(expected.sort());
  });
});

describe('docs/errors.md', () => {
  const errors = page('docs/errors.md');
  const answers = rowsOf(errors, 'code');
  const codes = codesInSource();

  it('names every code, and no other', () => {
    const documented = [
      ...answers.map(({ code }) => code),
      ...rowsOf(errors, 'failed with').map((row) => row['failed with']),
    ];
    expect([...new Set(documented.map(codeIn))].sort()).toEqual([...codes.keys()].sort());
  });

  it('names each code of an answer once', () => {
    const named = answers.map(({ code }) => codeIn(code));
    expect(named.filter((code, index) => named.indexOf(code) !== index)).toEqual([]);
  });

  it.each(answers.filter((row) => row['status'] !== undefined))('gives $code its status', (row: Row) => {
    const code = codeIn(row['code']);
    const statuses = Array.from(
      codes.get(code) ?? [],
      (category) => errorAnswer(new CodedError(code, category, ''), 'id').status,
    );
    if (statuses.length === 0) expect(row['status']).toMatch(/^4\d\d$|^500$/);
    else expect(statuses.map(String)).toContain(row['status']);
  });
});

/** The default as a page shows it; empty where there is none. */
function defaultOf(name: string): string {
  const { database } = loadConfig({});
  if (name === 'DATABASE_URL') return database.kind === 'sqlite' ? basename(database.path) : '';
  const value: unknown = Reflect.get(environmentSchema.parse({}), name);
  if (Array.isArray(value)) return value.join(',');
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)));
  if (!existsSync(join(ROOT, path))) return false;
  if (anchor === undefined) return true;
  return statSync(join(ROOT, path)).isFile() && anchorsOf(page(path)).includes(anchor);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const numbersIn = (text: string | undefined): readonly number[] => (text?.match(/\d+/g) ?? []).map(Number);
