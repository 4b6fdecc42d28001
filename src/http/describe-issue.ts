import { z } from 'zod';

import { didYouMean } from './did-you-mean.js';

/** One thing that is wrong with a request. */
export interface Problem {
  readonly code: 'missing_required_parameter' | 'unknown_parameter' | 'invalid_value';
  /** Path of the field, such as `limits.video`; empty for the whole body. */
  readonly path: string;
  readonly message: string;
}

/** An issue of a schema, as much as is needed of it; zod's issues are more. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly SchemaIssue[])[];
  /** What is wrong with the name of a field, where names are free. */
  readonly issues?: readonly SchemaIssue[];
}

const SENSITIVE = /secret|key|password|token|credential|authorization|prox(y|ies)/i;
const SHOWN_CHARACTERS = 60;

/** Says which field is wrong, what was got and what would be right, without ever showing what may be a secret. */
export function describeIssue(issue: SchemaIssue, value: unknown, schema: unknown): readonly Problem[] {
  const path = keysOf(issue);
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => unknownField([...path, key], knownFields(schema, path)));
  }
  if (issue.code === 'invalid_key') return [unfitName(path.join('.'), issue.issues?.[0] ?? issue)];
  const nested = closestBranch(issue);
  if (nested.length > 0) {
    return nested.flatMap((inner) =>
      describeIssue({ ...inner, path: [...path, ...keysOf(inner)] }, value, schema),
    );
  }
  const name = path.join('.');
  const got = valueAt(value, path);
  const expected = expectation(issue);
  if (got === undefined) {
    return [
      { code: 'missing_required_parameter', path: name, message: `${label(name)} is missing; ${expected}` },
    ];
  }
  const shown = path.some((key) => SENSITIVE.test(key)) ? 'a value that is not shown' : show(got);
  return [{ code: 'invalid_value', path: name, message: `${label(name)}: got ${shown}; ${expected}` }];
}

function label(path: string): string {
  return path === '' ? 'The request' : `"${path}"`;
}

function unfitName(path: string, issue: SchemaIssue): Problem {
  const name = path.length > SHOWN_CHARACTERS ? `${path.slice(0, SHOWN_CHARACTERS)}…` : path;
  const message = `"${name}": this name is not taken; ${expectation(issue)}`;
  return { code: 'invalid_value', path: name, message };
}

function unknownField(path: readonly string[], known: readonly string[]): Problem {
  const name = path.map((key) => key.slice(0, SHOWN_CHARACTERS)).join('.');
  const meant = didYouMean(path.at(-1) ?? '', known);
  const hint = meant === undefined ? knownHint(known) : ` Did you mean "${meant}"?`;
  return { code: 'unknown_parameter', path: name, message: `"${name}" is not known here.${hint}` };
}

function knownHint(known: readonly string[]): string {
  return known.length === 0 ? '' : ` Known are ${known.join(', ')}.`;
}

/** Of the alternatives of a union the one that the value is nearest to; none when it has not even the type of any. */
function closestBranch(issue: SchemaIssue): readonly SchemaIssue[] {
  let best: { readonly branch: readonly SchemaIssue[]; readonly misfit: number } | undefined;
  for (const branch of issue.errors ?? []) {
    const misfit = branch.reduce((sum, inner) => sum + misfitOf(inner), 0);
    if (misfit < (best?.misfit ?? Infinity)) best = { branch, misfit };
  }
  return best?.branch ?? [];
}

function misfitOf(issue: SchemaIssue): number {
  if (issue.code === 'unrecognized_keys') return 2 * (issue.keys?.length ?? 0);
  return keysOf(issue).length === 0 ? Infinity : 1;
}

function keysOf(issue: SchemaIssue): string[] {
  return (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment));
}

/** "Invalid input: expected number, received string" becomes "expected number."; other messages stay as they are. */
function expectation(issue: SchemaIssue): string {
  const alternatives = (issue.errors ?? []).flatMap((branch) => branch.slice(0, 1));
  const messages = alternatives.length > 0 ? alternatives : [issue];
  const texts = messages.map(({ message }) =>
    message.replace(/^[^:]*: (?=expected )/, '').replace(/, received [^,]*$/, ''),
  );
  return `${[...new Set(texts)].join(' or ').replace(/\.$/, '')}.`;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** The fields of the zod object at a path; none where it cannot be told. */
function knownFields(schema: unknown, path: readonly string[]): readonly string[] {
  let at = unwrapped(schema);
  for (const key of path) at = unwrapped(at instanceof z.ZodObject ? at.shape[key] : undefined);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodNullable || at instanceof z.ZodDefault)
    at = at.unwrap();
  return at instanceof z.ZodPipe ? unwrapped(at.in) : at;
}
