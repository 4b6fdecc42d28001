import type { Json } from './api-client.js';

/** One server-sent event of a generation. */
export interface ServerEvent {
  readonly id: number;
  readonly data: Json;
}

/** Reads the events of a stream until it ends; comments are passed over. */
export async function* readEvents(answer: Response): AsyncGenerator<ServerEvent> {
  if (answer.body === null) return;
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) if (!frame.startsWith(':')) yield eventOf(frame);
  }
}

/** Every event of a stream that ends. */
export async function allEvents(answer: Response): Promise<readonly ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(answer)) events.push(event);
  return events;
}

function eventOf(frame: string): ServerEvent {
  const [, id, data] = /^id: (\d+)\ndata: (.+)$/.exec(frame) ?? [];
  if (id === undefined || data === undefined) throw new Error(`Not an event of a generation: ${frame}`);
  return { id: Number(id), data: JSON.parse(data) as Json };
}
