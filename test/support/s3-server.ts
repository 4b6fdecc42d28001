import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startFauxqs } from 'fauxqs';

/** What goes wrong with a request: the connection breaks before it arrives, or in the middle of the answer; or nothing comes. */
type Fault = 'reset' | 'cut' | 'hang';

/** A real S3 server behind a relay that sees every request and lets some go wrong. */
export interface S3Server {
  readonly url: string;
  readonly bucket: string;
  /** What was asked, as `METHOD path?names of the query`. */
  readonly requests: readonly string[];
  /** Uploads in parts that were begun and neither completed nor abandoned. */
  readonly unfinished: ReadonlySet<string>;
  /** Lets the next requests go wrong of which the text of {@link S3Server.requests} matches. */
  fail(pattern: RegExp, fault: Fault, times?: number): void;
  /** Empties the bucket. */
  clear(): void;
  close(): Promise<void>;
}

export const S3_KEYS = { accessKeyId: 'test', secretAccessKey: 'secret-of-s3-0123456789' };

/** Starts one with an empty bucket. */
export async function startS3Server(bucket = 'penstock'): Promise<S3Server> {
  const server = await startFauxqs({ port: 0, logger: false, init: { buckets: [bucket] } });
  const relay = new Relay(server.port);
  const { port } = await relay.listen();
  return {
    url: `http://127.0.0.1:${String(port)}`,
    bucket,
    requests: relay.requests,
    get unfinished(): ReadonlySet<string> {
      return new Set(relay.uploads.keys());
    },
    fail: (pattern, fault, times = 1) => {
      for (let count = 0; count < times; count += 1) relay.faults.push({ pattern, fault });
    },
    clear: () => {
      server.emptyBucket(bucket);
      relay.uploads.clear();
      relay.requests.length = 0;
      relay.faults.length = 0;
    },
    close: async () => {
      await relay.close();
      await server.stop();
    },
  };
}

class Relay {
  readonly requests: string[] = [];
  /** The names of the objects, by the ids of the uploads. */
  readonly uploads = new Map<string, string>();
  readonly faults: { readonly pattern: RegExp; readonly fault: Fault }[] = [];
  readonly #server: Server;

  constructor(private readonly target: number) {
    this.#server = createServer((from, to) => {
      this.#take(from, to);
    });
  }

  async listen(): Promise<AddressInfo> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.#server.address() as AddressInfo;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(from: IncomingMessage, to: ServerResponse): void {
    const { pathname, searchParams } = new URL(from.url ?? '/', 'http://s3');
    const line = `${from.method ?? ''} ${pathname}?${[...searchParams.keys()].join('&')}`;
    this.requests.push(line);
    const fault = this.#faultOf(line);
    if (fault === 'reset') return void from.socket.destroy();
    if (fault === 'hang') return void from.resume();
    if (from.method === 'GET' && searchParams.has('uploads')) {
      this.#listUploads(to, searchParams.get('prefix') ?? '');
      return;
    }
    const { method = 'GET', url: path, headers } = from;
    const onward = request({ host: '127.0.0.1', port: this.target, method, path, headers }, (answer) => {
      if (fault === 'cut') {
        this.#cut(to, answer);
        return;
      }
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      if (searchParams.has('uploads') || searchParams.has('uploadId'))
        this.#watch(line, searchParams, answer);
      answer.pipe(to);
    });
    onward.once('error', () => to.destroy());
    from.pipe(onward);
  }

  /** What the server has no answer to. */
  #listUploads(to: ServerResponse, prefix: string): void {
    const uploads = [...this.uploads]
      .filter(([, key]) => key.startsWith(prefix))
      .map(([id, key]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`);
    to.setHeader('content-type', 'application/xml');
    to.end(`<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`);
  }

  #faultOf(line: string): Fault | undefined {
    const index = this.faults.findIndex(({ pattern }) => pattern.test(line));
    return index < 0 ? undefined : this.faults.splice(index, 1)[0]?.fault;
  }

  /** The server has done what was asked, and the client does not hear of it, or of half of it. */
  #cut(to: ServerResponse, answer: IncomingMessage): void {
    answer.once('end', () => to.destroy());
    answer.once('data', (piece: Buffer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      to.write(piece.subarray(0, piece.length / 2), () => to.destroy());
    });
    answer.resume();
  }

  #watch(line: string, query: URLSearchParams, answer: IncomingMessage): void {
    if ((answer.statusCode ?? 500) >= 300) return;
    const id = query.get('uploadId');
    if (id !== null && !line.startsWith('PUT ')) this.uploads.delete(id);
    if (!line.startsWith('POST ') || !query.has('uploads')) return;
    let text = '';
    answer.on('data', (piece: Buffer) => (text += piece.toString()));
    answer.once('end', () => {
      const [id = '', key = ''] = [/<UploadId>([^<]+)/, /<Key>([^<]+)/].map((part) => part.exec(text)?.[1]);
      this.uploads.set(id, key);
    });
  }
}
