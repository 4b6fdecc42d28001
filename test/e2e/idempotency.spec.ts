import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiClient, type Answer } from '../support/api-client.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

describe('requests under an Idempotency-Key', () => {
  let on: Stage;
  let api: ApiClient;
  const create = (wanted: object, headers: Record<string, string>): Promise<Answer> =>
    api.request('POST', '/v1/generations', wanted, headers);
  const submissionsOf = (prompt: string): unknown =>
    on.simulator.control.report().submissions.find((submission) => submission.prompt === prompt);

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    api = new ApiClient(on.api.url, await on.api.addKey('idempotent', ['generate', 'read']));
  });
  afterAll(() => on.close());

  const body = { model: 'sora-2', input: { prompt: 'once', seconds: '4' }, metadata: { a: '1' } };

  it('gives the same generation for the same request, and says so', async () => {
    const headers = { 'Idempotency-Key': 'same-1' };
    const first = await create(body, headers);
    const second = await create({ ...body, input: { seconds: 4, prompt: 'once' } }, headers);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body['id']).toBe(first.body['id']);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    await api.end(String(first.body['id']));
    expect((await create(body, headers)).body).toMatchObject({ id: first.body['id'], status: 'completed' });
  });

  it('refuses another request with 409', async () => {
    const headers = { 'Idempotency-Key': 'other-1' };
    await create(body, headers);
    for (const other of [
      { ...body, input: { prompt: 'twice' } },
      { ...body, model: 'sora-2-pro' },
      { ...body, metadata: { a: '2' } },
    ]) {
      const answer = await create(other, headers);
      expect([answer.status, answer.body['error']['code']]).toEqual([409, 'idempotency_conflict']);
      expect(answer.headers.get('x-should-retry')).toBe('false');
    }
  });

  it('makes one of requests at the same moment', async () => {
    const prompt = 'all at once';
    const asked = Array.from({ length: 12 }, () =>
      create({ ...body, input: { prompt } }, { 'Idempotency-Key': 'race-1' }),
    );
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = new Set(answers.map((answer) => String(answer.body['id'])));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(11);
    for (const id of ids) await api.end(id);
    expect(submissionsOf(prompt)).toEqual({ prompt, calls: 1, jobs: 1 });
  });

  it('belongs to one API key', async () => {
    const headers = { 'Idempotency-Key': 'mine-1' };
    const mine = await create(body, headers);
    const other = new ApiClient(on.api.url, await on.api.addKey('other', ['generate']));
    const theirs = await other.request('POST', '/v1/generations', body, headers);
    expect(theirs.status).toBe(202);
    expect(theirs.body['id']).not.toBe(mine.body['id']);
  });

  it('says what a key may look like', async () => {
    for (const key of ['two words', 'x'.repeat(256), '']) {
      const { status, body: answer } = await create(body, { 'Idempotency-Key': key });
      expect([key, status, answer['error']['param']]).toEqual([key, 400, 'Idempotency-Key']);
    }
  });
});
