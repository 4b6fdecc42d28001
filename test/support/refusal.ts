import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect } from 'vitest';

import { contractProblems } from './openai-contract.js';
import { rawRequest, type RawAnswer } from './raw-http.js';
import type { Stage } from './stage.js';

/** Sends a body as it is, or as JSON, with the admin key. */
export function post(
  on: Stage,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<RawAnswer> {
  return rawRequest(on.api.url, {
    method: 'POST',
    path,
    headers: { authorization: `Bearer ${on.api.key}`, ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

/** Expects the one shape of every error, with these parts, and nothing of our insides in it. */
export function expectRefusal(answer: RawAnswer, status: number, error: Record<string, unknown> = {}): void {
  expect([answer.status, answer.text]).toEqual([status, answer.text]);
  expect(contractProblems('ErrorResponse', answer.body)).toEqual([]);
  expect(answer.body).toMatchObject({ error });
  expect(Object.keys(answer.body['error']).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(answer.headers['x-request-id']).toBeTruthy();
  expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:\d/);
}

/** After each test: the gateway lives and logged no error, no file was left, and nothing went to the upstream. */
export function expectNoTraces(stage: () => Stage): void {
  const inputs = (): Promise<string[]> => readdir(join(stage().dataDir, 'inputs'));
  const submissions = (): number => stage().simulator.control.report().calls.byOperation.create;
  const output = (): string => stage().gateway().output();
  let before: { readonly inputs: string[]; readonly output: number; readonly submissions: number };

  beforeEach(async () => {
    before = { inputs: await inputs(), output: output().length, submissions: submissions() };
  });
  afterEach(async () => {
    await expect.poll(inputs, { timeout: 500 }).toEqual(before.inputs);
    expect(stage().gateway().child.exitCode).toBeNull();
    const lines = output().slice(before.output).split('\n');
    expect(lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    expect(submissions()).toBe(before.submissions);
  });
}
