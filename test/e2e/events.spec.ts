import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { allEvents, readEvents, type ServerEvent } from '../support/event-stream.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

describe('the events of a generation', () => {
  let on: Stage;

  const open = (id: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`${on.api.url}/v1/generations/${id}/events`, {
      headers: { authorization: `Bearer ${on.api.key}`, ...headers },
      ...(signal === undefined ? {} : { signal }),
    });

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  });
  afterAll(() => on.close());

  it('come in order and end with the end', async () => {
    const { id } = await on.api.generate('told step by step');
    const answer = await open(id);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const events = await allEvents(answer);
    const ids = events.map((event) => event.id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    const order = ['queued', 'submitting', 'in_progress', 'completed'];
    const steps = events.map(({ data }) => order.indexOf(String(data['status'])));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    const progress = events.map(({ data }) => Number(data['progress']));
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(events.at(-1)?.data).toMatchObject({ id, status: 'completed', progress: 100 });
    const read = await on.api.request('GET', `/v1/generations/${id}`);
    expect(events.at(-1)?.data).toEqual(read.body);
  });

  it('go on after Last-Event-ID, and are 204 once there are no more', async () => {
    const { id } = await on.api.generate('read twice');
    const last = (await allEvents(await open(id))).at(-1);
    const lastId = String(last?.id);
    expect((await open(id, { 'last-event-id': lastId })).status).toBe(204);
    const again = await allEvents(await open(id, { 'last-event-id': '1' }));
    expect(again).toEqual([last]);
    for (const nonsense of ['x', '-1', '', '1e999'])
      expect(await allEvents(await open(id, { 'last-event-id': nonsense }))).toEqual([last]);
  });

  it('reach everybody who listens', async () => {
    const { id } = await on.api.generate('for many');
    const listeners = await Promise.all(Array.from({ length: 20 }, async () => allEvents(await open(id))));
    for (const events of listeners) expect(events.at(-1)?.data['status']).toBe('completed');
  });

  it('do not hold on to listeners who go away', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 3_000 } });
    const { id } = await on.api.generate('left alone');
    await on.api.reach(id, 'in_progress');
    on.simulator.control.setBehaviour(QUICK);
    for (let n = 0; n < 10; n += 1) {
      const gone = new AbortController();
      const frames = readEvents(await open(id, {}, gone.signal));
      await frames.next();
      gone.abort();
      await frames.next().catch(() => undefined);
    }
    expect((await on.api.end(id)).status).toBe('completed');
  });

  it('go on at a gateway that was started again', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 4_000 } });
    const { id } = await on.api.generate('over a restart');
    await on.api.reach(id, 'in_progress');
    on.simulator.control.setBehaviour(QUICK);
    const frames = readEvents(await open(id));
    const first = (await frames.next()).value as ServerEvent;
    expect(first.data['status']).toBe('in_progress');
    const last = first.id;
    await on.restart('SIGKILL');
    await expect(frames.next().then(() => frames.next())).rejects.toThrow();
    const events = await allEvents(await open(id, { 'last-event-id': String(last) }));
    expect(events.at(0)?.id).toBeGreaterThan(last);
    expect(events.at(-1)?.data['status']).toBe('completed');
  });

  it('are 404 for what is not there', async () => {
    expect((await open('video_none')).status).toBe(404);
  });
});

describe('the events of a key', () => {
  let on: Stage;
  const open = (key: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${on.api.url}/v1/events`, { headers: { authorization: `Bearer ${key}`, ...headers } });

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  });
  afterAll(() => on.close());

  /** Reads until so many generations were completed. */
  async function untilCompleted(frames: AsyncGenerator<ServerEvent>, count: number): Promise<ServerEvent[]> {
    const events: ServerEvent[] = [];
    const completed = new Set<string>();
    while (completed.size < count) {
      const result = await frames.next();
      if (result.done === true) throw new Error('The stream ended.');
      const event: ServerEvent = result.value;
      events.push(event);
      const { id, status } = event.data;
      if (String(status) === 'completed') completed.add(String(id));
    }
    return events;
  }

  it('tell of its own generations in rising order', async () => {
    const [mine, theirs] = [
      new ApiClient(on.api.url, await on.api.addKey('mine', ['generate', 'read'])),
      new ApiClient(on.api.url, await on.api.addKey('theirs', ['generate', 'read'])),
    ];
    const answer = await open(mine.key);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const created = await Promise.all([mine.generate('one'), theirs.generate('other'), mine.generate('two')]);
    const events = await untilCompleted(readEvents(answer), 2);
    await on.api.end(created[1].id);
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(new Set(events.map(({ data }) => String(data['id'])))).toEqual(
      new Set([created[0].id, created[2].id]),
    );
    expect(events.some(({ data }) => 'tokenId' in data)).toBe(false);
  });

  it('go on after Last-Event-ID over a kill, with the last state of each', async () => {
    const frames = readEvents(await open(on.api.key));
    const before = await on.api.generate('seen before the kill');
    const last = (await untilCompleted(frames, 1)).at(-1);
    const jobs = on.simulator.control.report().jobs.length;
    const later = await Promise.all([1, 2, 3].map((n) => on.api.generate(`not seen ${String(n)}`)));
    // A kill between an attempt on disk and its arrival upstream ends as submission_unknown, which is another test's.
    await expect.poll(() => on.simulator.control.report().jobs.length).toBeGreaterThanOrEqual(jobs + 3);
    await on.restart('SIGKILL');
    const ends = await Promise.all(later.map(({ id }) => on.api.end(id)));
    expect(ends.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    const again = readEvents(await open(on.api.key, { 'last-event-id': String(last?.id) }));
    const events = await untilCompleted(again, 3);
    expect(new Set(events.map(({ data }) => String(data['id'])))).toEqual(new Set(later.map(({ id }) => id)));
    expect(events.map(({ data }) => String(data['id']))).not.toContain(before.id);
  });
});
