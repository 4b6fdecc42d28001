import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCHEDULED = new Set(['Interval', 'Cron', 'Timeout']);

describe('scheduled tasks', () => {
  it('are timed, all of them, so that a slow one is reported', () => {
    const tasks = sources().flatMap((file) => tasksOf(file, readFileSync(join(ROOT, file), 'utf8')));
    expect(tasks.length).toBeGreaterThan(5);
    expect(tasks.filter(({ timed }) => !timed).map(({ name }) => name)).toEqual([]);
  });

  it('are found where they are not timed', () => {
    const planted =
      'class A { @Interval(1) one() {} @Cron("* * * * *") @Timed({ kind: "task" }) two() {} three() {} }';
    expect(tasksOf('planted.ts', planted)).toEqual([
      { name: 'planted.ts: one', timed: false },
      { name: 'planted.ts: two', timed: true },
    ]);
  });
});

function sources(): readonly string[] {
  return ['src', 'libs']
    .flatMap((folder) => ts.sys.readDirectory(join(ROOT, folder), ['.ts'], ['**/*.spec.ts']))
    .map((path) => path.slice(ROOT.length));
}

function tasksOf(file: string, text: string): readonly { readonly name: string; readonly timed: boolean }[] {
  const tasks: { name: string; timed: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isMethodDeclaration(node)) {
      const decorators = decoratorsOf(node);
      if (decorators.some((name) => SCHEDULED.has(name))) {
        tasks.push({ name: `${file}: ${node.name.getText()}`, timed: decorators.includes('Timed') });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return tasks;
}

function decoratorsOf(method: ts.MethodDeclaration): readonly string[] {
  return (ts.getDecorators(method) ?? []).map(({ expression }) =>
    ts.isCallExpression(expression) ? expression.expression.getText() : expression.getText(),
  );
}
