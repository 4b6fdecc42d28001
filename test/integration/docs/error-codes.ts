import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ErrorCategory } from 'penstock/kernel';
import * as ts from 'typescript';

import { ROOT } from './markdown.js';

/** Every error code that the source names, with the categories that it has there (none for codes that are no `CodedError`). */
export type ErrorCodes = ReadonlyMap<string, ReadonlySet<ErrorCategory>>;

/** What has a `code` and is no error of ours. */
const FOREIGN = new Set(['custom']);

/**
 * Reads the codes out of the source:
 * the tables `CATEGORIES` (code to category) and `CODES` (status to code), `new CodedError('code', 'category', …)` and
 * `super('code', 'category', …)`, whatever is assigned to something named `code`, and `this.#fail(id, 'code', …)`.
 */
export function codesInSource(): ErrorCodes {
  const codes = new Map<string, Set<ErrorCategory>>();
  const add = (code: string, category?: string): void => {
    if (!/^[a-z]+(_[a-z]+)*$/.test(code) || FOREIGN.has(code)) return;
    const categories = codes.get(code) ?? new Set();
    if (category !== undefined) categories.add(category as ErrorCategory);
    codes.set(code, categories);
  };
  for (const path of sources()) {
    const file = ts.createSourceFile(
      path,
      readFileSync(join(ROOT, path), 'utf8'),
      ts.ScriptTarget.ES2023,
      true,
    );
    const visit = (node: ts.Node): void => {
      readTable(node, add);
      readConstruction(node, add);
      readAssignment(node, add);
      node.forEachChild(visit);
    };
    visit(file);
  }
  return codes;
}

type Add = (code: string, category?: string) => void;

function sources(): readonly string[] {
  const patterns = ['src/*.ts', 'libs/*/src/*.ts'];
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], { cwd: ROOT });
  return list
    .toString()
    .split('\n')
    .filter((path) => path !== '' && !/\.(spec|fixture)\.ts$/.test(path) && !path.includes('/testing/'));
}

function readTable(node: ts.Node, add: Add): void {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || node.initializer === undefined)
    return;
  const table = withoutCasts(node.initializer);
  if (!ts.isObjectLiteralExpression(table)) return;
  for (const entry of table.properties) {
    if (!ts.isPropertyAssignment(entry) || !ts.isStringLiteral(entry.initializer)) continue;
    if (node.name.text === 'CATEGORIES') add(entry.name.getText(), entry.initializer.text);
    if (node.name.text === 'CODES') add(entry.initializer.text);
  }
}

function readConstruction(node: ts.Node, add: Add): void {
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return;
  const [first, second] = (node.arguments ?? []).map(textOf);
  if (second === undefined) return;
  const callee = node.expression.getText();
  if (callee === 'this.#fail') add(second);
  if (first !== undefined && (callee === 'CodedError' || callee === 'super')) add(first, second);
}

const textOf = (node: ts.Expression): string | undefined =>
  ts.isStringLiteral(node) ? node.text : undefined;

function readAssignment(node: ts.Node, add: Add): void {
  if (!ts.isPropertyAssignment(node) && !ts.isVariableDeclaration(node)) return;
  if (node.name.getText() !== 'code' || node.initializer === undefined) return;
  for (const code of outcomes(node.initializer)) add(code);
}

/** The texts that an expression may come to. */
function outcomes(expression: ts.Expression): readonly string[] {
  const node = withoutCasts(expression);
  if (ts.isStringLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...outcomes(node.whenTrue), ...outcomes(node.whenFalse)];
  const isDefault =
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
  return isDefault ? outcomes(node.right) : [];
}

function withoutCasts(node: ts.Expression): ts.Expression {
  const isCast =
    ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node);
  return isCast ? withoutCasts(node.expression) : node;
}
