import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../../..');

/**
 * Writes a program to `script` with the libs beside it (`./libs/database/src/…`) as Node can run them: types stripped,
 * imports by name resolved to the copies. For tests that kill a process.
 */
export async function compileProgram(script: string, program: string): Promise<void> {
  const folder = dirname(script);
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    experimentalDecorators: true,
  };
  for (const lib of ['kernel', 'concurrency', 'database']) {
    const sources = join(ROOT, 'libs', lib, 'src');
    for (const name of await readdir(sources, { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const target = join(folder, 'libs', lib, 'src', name.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      const { outputText } = ts.transpileModule(await readFile(join(sources, name), 'utf8'), {
        compilerOptions,
      });
      await writeFile(target, outputText);
    }
  }
  const manifest = { name: 'penstock', type: 'module', exports: { './*': './libs/*/src/index.js' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(script, program);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}
