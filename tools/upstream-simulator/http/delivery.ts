import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Clock } from 'penstock/kernel';

import type { Fault, FaultOf } from '../core/fault.js';
import type { Answer, Piece } from './answer.js';
import { throttled } from './throttle.js';

/** Where an answer goes. */
export interface Line {
  readonly reply: FastifyReply;
  readonly clock: Clock;
}

const NOT_JSON = '{"id": video, "status": <in_progress>,,';

/**
 * Sends `answer`, spoiled as `fault` demands.
 *
 * @returns the status that the caller got to see; `null` when it gets no answer
 */
export async function deliver(line: Line, answer: Answer, fault?: Fault): Promise<number | null> {
  switch (fault?.type) {
    case 'reset-after':
      return resetAfter(line, answer);
    case 'no-answer':
      return keepWaiting(line, fault);
    case 'slow':
      return sendSlowly(line, answer, fault);
    case 'truncated-json':
      return send(line, answer, textOf(answer).slice(0, textOf(answer).length / 2));
    case 'malformed-json':
      return send(line, answer, NOT_JSON);
    default:
      return send(line, answer, answer.body);
  }
}

/** Ends the connection with a TCP reset. */
export function reset({ reply }: Line): null {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
  return null;
}

function send({ reply }: Line, answer: Answer, body: string | Piece | AsyncIterable<Buffer>): number {
  void reply.code(answer.status).headers(answer.headers);
  if (typeof body === 'string') void reply.send(body);
  else if ('chunks' in body) void reply.header('content-length', body.size).send(streamOf(body.chunks()));
  else void reply.header('content-length', sizeOf(answer.body)).send(streamOf(body));
  return answer.status;
}

async function sendSlowly(line: Line, answer: Answer, fault: FaultOf<'slow'>): Promise<number | null> {
  const { clock } = line;
  const signal = whenClosed(line.reply);
  if (fault.delayMs > 0) await clock.sleep(fault.delayMs, signal);
  if (signal.aborted) return reset(line);
  if (fault.bytesPerSecond === undefined) return send(line, answer, answer.body);
  const pace = { bytesPerSecond: fault.bytesPerSecond, clock, signal };
  return send(line, answer, throttled(chunksOf(answer.body), pace));
}

async function keepWaiting(line: Line, { ms }: FaultOf<'no-answer'>): Promise<null> {
  line.reply.hijack();
  if (ms === undefined) return null;
  await line.clock.sleep(ms, whenClosed(line.reply));
  return reset(line);
}

/** JSON is lost whole; of a body in pieces the first half arrives. */
function resetAfter(line: Line, answer: Answer): null {
  const { body } = answer;
  if (typeof body === 'string') return reset(line);
  const { reply } = line;
  reply.hijack();
  reply.raw.writeHead(answer.status, { ...answer.headers, 'content-length': body.size });
  const half = streamOf(firstBytes(body.chunks(), Math.floor(body.size / 2)));
  half.once('end', () => reply.raw.write('', () => reply.raw.socket?.resetAndDestroy()));
  half.pipe(reply.raw, { end: false });
  return null;
}

function* firstBytes(chunks: Iterable<Buffer>, count: number): Generator<Buffer> {
  let left = count;
  for (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

function whenClosed(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}

const streamOf = (chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Readable =>
  Readable.from(chunks, { objectMode: false, highWaterMark: 256 * 1024 });
const textOf = ({ body }: Answer): string => (typeof body === 'string' ? body : '');
const sizeOf = (body: string | Piece): number =>
  typeof body === 'string' ? Buffer.byteLength(body) : body.size;
const chunksOf = (body: string | Piece): Iterable<Buffer> =>
  typeof body === 'string' ? [Buffer.from(body)] : body.chunks();
