import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';
import { z } from 'zod';

const attribute = z.object({
  key: z.string(),
  value: z.union([
    z.object({ stringValue: z.string() }),
    z.object({ intValue: z.union([z.number(), z.string()]) }),
  ]),
});
const link = z.object({ traceId: z.string(), spanId: z.string() });
const span = z.object({
  ...link.shape,
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: z.array(attribute),
  links: z.array(link).default([]),
  status: z.object({ code: z.number(), message: z.string().optional() }),
});
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

/** A span as a collector gets it. */
export interface CollectedSpan extends Omit<z.output<typeof span>, 'attributes'> {
  readonly service: unknown;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** What stands at the other end: takes spans by OTLP over HTTP, as JSON. */
export interface OtlpCollector {
  readonly url: string;
  /** In the order in which they came. */
  readonly spans: readonly CollectedSpan[];
  /** As they were sent. */
  readonly bodies: readonly string[];
  /** Of the last request. */
  readonly headers: () => Readonly<Record<string, unknown>>;
  /** From now on requests are answered with this status; 0 never answers. */
  answerWith(status: number): void;
}

/** Starts a collector; it is gone after the test. */
export async function otlpCollector(): Promise<OtlpCollector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  let headers: Readonly<Record<string, unknown>> = {};
  let status = 200;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      if (status === 0) return;
      headers = incoming.headers;
      if (status === 200 && incoming.method === 'POST' && incoming.url === '/v1/traces') {
        const body = Buffer.concat(chunks).toString();
        bodies.push(body);
        spans.push(...spansIn(body));
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    spans,
    bodies,
    headers: () => headers,
    answerWith: (next) => {
      status = next;
    },
  };
}

function spansIn(body: string): CollectedSpan[] {
  return request.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = toRecord(resource.attributes)['service.name'];
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ attributes, ...rest }) => ({ ...rest, service, attributes: toRecord(attributes) })),
    );
  });
}

function toRecord(attributes: readonly z.output<typeof attribute>[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      'stringValue' in value ? value.stringValue : Number(value.intValue),
    ]),
  );
}
