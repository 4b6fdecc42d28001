import type { z } from 'zod';

/** One field that does not fit its section. */
export interface FieldProblem {
  /** Path of the field, such as `deadlineMs.video`; empty for the whole section. */
  readonly path: string;
  /** For people: the field, what was got, and what would be right. Passwords in URLs are cut out. */
  readonly message: string;
}

type Path = readonly PropertyKey[];

const SHOWN_CHARACTERS = 60;
/** Deeper than any section nests its alternatives. */
const DEEPEST_UNION = 8;

/** Says of each issue which field it is about. @param value - what was checked */
export function problemsOf(issues: readonly FieldIssue[], value: unknown): readonly FieldProblem[] {
  return issues.map(({ path, expected }) => problemAt(path, expected, value));
}

/** An issue with the path of the very field that it is about. */
export interface FieldIssue {
  readonly path: Path;
  /** What would be right, such as `expected one of a, b`; `null` for a field that is not known at all. */
  readonly expected: string | null;
}

/** The issues of a schema, one for each field: unknown fields singly, and of alternatives the nearest one. */
export function fieldIssues(
  issues: readonly z.core.$ZodIssue[],
  above: Path = [],
  depth = 0,
): readonly FieldIssue[] {
  return issues.flatMap((issue): readonly FieldIssue[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], expected: null }));
    }
    const nearest = issue.code === 'invalid_union' ? nearestBranch(issue.errors) : undefined;
    if (nearest !== undefined && depth < DEEPEST_UNION) return fieldIssues(nearest, path, depth + 1);
    return [{ path, expected: expectationOf(issue) }];
  });
}

/** The alternative whose problems lie deepest: the value has its shape, but for these. */
function nearestBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  return branches.find((branch) => branch.length > 0 && branch.every(({ path }) => path.length > 0));
}

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    const texts = issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectationOf));
    if (texts.length > 0) return [...new Set(texts)].join(' or ');
  }
  return issue.message
    .replace(/^[^:]*: (?=expected )/, '')
    .replace(/, received .*$/, '')
    .replace(/\.$/, '');
}

function problemAt(path: Path, expected: string | null, value: unknown): FieldProblem {
  const name = path.map((key) => String(key).slice(0, SHOWN_CHARACTERS)).join('.');
  if (expected === null) return { path: name, message: `"${name}" is not known here.` };
  const subject = name === '' ? 'The section' : `"${name}"`;
  return { path: name, message: `${subject}: got ${shown(valueAt(value, path))}; ${expected}.` };
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  const withoutPassword = text.replace(/\/\/[^/]*@/, '//***@');
  return withoutPassword.length > SHOWN_CHARACTERS
    ? `${withoutPassword.slice(0, SHOWN_CHARACTERS)}…`
    : withoutPassword;
}
