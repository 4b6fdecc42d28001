import { once } from 'node:events';
import { get, type Agent, type IncomingMessage } from 'node:http';

/** How a stream is opened. */
export interface Access {
  readonly key: string;
  readonly agent: Agent;
}

/** One who follows all generations of a key. */
export class Reader {
  /** When a generation was told of as completed, in milliseconds since 1970. */
  toldAt: number | null = null;

  private constructor(readonly key: string) {}

  /** @throws Error when the gateway does not open the stream */
  static async open(url: string, { key, agent }: Access): Promise<Reader> {
    const headers = { authorization: `Bearer ${key}` };
    const request = get(`${url}/v1/events`, { agent, headers });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200) throw new Error(`/v1/events answers ${String(answer.statusCode)}.`);
    const reader = new Reader(key);
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => {
      if (text.includes('"status":"completed"')) reader.toldAt ??= Date.now();
    });
    // The gateway ends first.
    answer.on('error', () => undefined);
    return reader;
  }
}
