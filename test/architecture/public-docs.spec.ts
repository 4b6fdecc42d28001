import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const libs = readdirSync(join(ROOT, 'libs'));
const entries = [
  'src/index.ts',
  ...libs.map((lib) => `libs/${lib}/src/index.ts`),
  ...libs.filter((lib) => hasTesting(lib)).map((lib) => `libs/${lib}/testing/index.ts`),
];

const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
  readonly config: unknown;
};
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
const program = ts.createProgram(
  entries.map((entry) => join(ROOT, entry)),
  options,
);
const checker = program.getTypeChecker();

describe('what others may import', () => {
  it.each(entries)('is named and has its contract in TSDoc: %s', (entry) => {
    const exported = exportsOf(entry);
    expect(exported.length).toBeGreaterThan(0);
    const undocumented = exported.filter((symbol) => documentationOf(symbol) === '').map(({ name }) => name);
    expect(undocumented).toEqual([]);
    expect(exported.map(({ name }) => name)).not.toContain('default');
  });
});

function exportsOf(entry: string): readonly ts.Symbol[] {
  const file = program.getSourceFile(join(ROOT, entry));
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  return module === undefined ? [] : checker.getExportsOfModule(module);
}

function documentationOf(symbol: ts.Symbol): string {
  const declared = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return ts.displayPartsToString(declared.getDocumentationComment(checker)).trim();
}

function hasTesting(lib: string): boolean {
  return ts.sys.fileExists(join(ROOT, 'libs', lib, 'testing', 'index.ts'));
}
