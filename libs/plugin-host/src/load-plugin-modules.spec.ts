import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { loadPluginModules } from './load-plugin-modules.js';
import { PluginError } from './plugin.errors.js';

let baseDir = '';

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(baseDir, path)), { recursive: true });
  await writeFile(join(baseDir, path), content);
}

/** Marks a class the way `@Module({ providers: [] })` does, in a file that can import nothing. */
const moduleClass = (name: string) => `class ${name} {} Reflect.defineMetadata('providers', [], ${name});`;

beforeAll(async () => {
  baseDir = await mkdtemp(join(tmpdir(), 'penstock-plugins-'));
  await write('named.mjs', `${moduleClass('AcmeModule')} export { AcmeModule }; export const version = 1;`);
  await write('default.mjs', `${moduleClass('A')} ${moduleClass('B')} export { A }; export default B;`);
  await write('dynamic.mjs', `${moduleClass('D')} export default { module: D, providers: [] };`);
  await write('later.mjs', `${moduleClass('L')} export default Promise.resolve({ module: L });`);
  await write('common.cjs', `${moduleClass('CommonModule')} module.exports = { CommonModule };`);
  await write('alias.mjs', `${moduleClass('S')} export { S, S as Same };`);
  await write('two.mjs', `${moduleClass('A')} ${moduleClass('B')} export { A, B };`);
  await write('none.mjs', `export class AcmeProvider {} export const version = 1;`);
  await write('empty.mjs', '');
  await write('throws.mjs', `throw new Error('no license');`);
  await write('whole/index.js', `${moduleClass('WholeModule')} module.exports = { WholeModule };`);
  await write('hollow/readme.md', '');
  await write('needy.mjs', `import 'not-installed-here';`);
  await write(
    'node_modules/acme-plugin/package.json',
    JSON.stringify({ name: 'acme-plugin', type: 'module', exports: './index.js' }),
  );
  await write(
    'node_modules/acme-plugin/index.js',
    `${moduleClass('PackagedModule')} export { PackagedModule };`,
  );
});

afterAll(() => rm(baseDir, { recursive: true }));

async function names(...specifiers: readonly string[]): Promise<readonly string[]> {
  const modules = await loadPluginModules(specifiers, baseDir);
  return modules.map((found) => (typeof found === 'function' ? found.name : `dynamic ${found.module.name}`));
}

async function refusal(...specifiers: readonly string[]): Promise<PluginError> {
  const error: unknown = await loadPluginModules(specifiers, baseDir).catch((thrown: unknown) => thrown);
  return error instanceof PluginError ? error : expect.fail(`It did not refuse: ${String(error)}`);
}

describe('loadPluginModules', () => {
  it('loads nothing when nothing is named', async () => {
    expect(await names()).toEqual([]);
  });

  it.each([
    ['./named.mjs', 'AcmeModule'],
    ['./default.mjs', 'B'],
    ['./dynamic.mjs', 'dynamic D'],
    ['./later.mjs', 'dynamic L'],
    ['./common.cjs', 'CommonModule'],
    ['./alias.mjs', 'S'],
    ['./whole', 'WholeModule'],
    ['acme-plugin', 'PackagedModule'],
  ])('loads %s', async (specifier, name) => {
    expect(await names(specifier)).toEqual([name]);
  });

  it('takes absolute paths and file URLs', async () => {
    const path = join(baseDir, 'named.mjs');
    expect(await names(path)).toEqual(['AcmeModule']);
    expect(await names(pathToFileURL(path).href)).toEqual(['AcmeModule']);
  });

  it('keeps the order, and loads once what is named twice', async () => {
    expect(await names('acme-plugin', './named.mjs', 'acme-plugin')).toEqual([
      'PackagedModule',
      'AcmeModule',
    ]);
  });

  it.each([
    ['./none.mjs', 'It exports no Nest module, but AcmeProvider, version. Export one class with @Module'],
    ['./empty.mjs', 'It exports no Nest module, but nothing.'],
    ['./two.mjs', 'It exports 2 Nest modules (A, B). Export only one, or make one the default export.'],
    ['./throws.mjs', 'Could not be loaded. no license'],
    ['./missing.mjs', 'Not found.'],
    ['./hollow', 'Not found. Cannot find module'],
    ['./needy.mjs', 'not-installed-here'],
    ['no-such-plugin', 'Not found.'],
    ['', 'The name is empty.'],
  ])('refuses "%s"', async (specifier, reason) => {
    const error = await refusal(specifier);
    expect(error.code).toBe('plugin_not_loaded');
    expect(error.message).toContain(`Plugin "${specifier}": `);
    expect(error.message).toContain(reason);
  });

  it('says everything at once, and where it looked', async () => {
    const { message, cause } = await refusal('./missing.mjs', './named.mjs', './two.mjs', './throws.mjs');
    expect(message.split('\n- ')).toHaveLength(5);
    expect(message).not.toContain('named.mjs');
    expect(message).toContain(`a path from ${baseDir}, such as ./plugins/acme.js`);
    expect(cause).toBeInstanceOf(Error);
  });
});
