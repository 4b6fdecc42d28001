import { z } from 'zod';

const count = z.int().min(0);

const sessionSchema = z
  .object({
    origin: z.string().meta({ example: 'https://api.example.com' }),
    proxy: z.string().nullable().meta({ description: 'Host and port.', example: 'proxy.example.com:3128' }),
    lane: z.enum(['calls', 'downloads']),
    connections: count.meta({ description: 'Connections that are open.' }),
    running: count.meta({ description: 'Requests on a connection, their bodies included.' }),
    waiting: count.meta({ description: 'Requests that wait for a connection.' }),
    idleMs: count.meta({ description: 'Since its last request began, in milliseconds.' }),
  })
  .meta({ id: 'Session' });

/** The answer of `GET /admin/sessions`. */
export const sessionsSchema = z
  .object({
    open: count.meta({ description: 'Sessions that take requests.' }),
    closing: count.meta({
      description: 'Those that take none any more, and whose last requests are under way.',
    }),
    running: count,
    waiting: count,
    opened: count.meta({ description: 'Since the start.' }),
    evicted: count.meta({ description: 'Closed for the maximum or for idling, since the start.' }),
    data: z
      .array(sessionSchema)
      .meta({ description: 'Those that take requests, the one used longest ago first.' }),
  })
  .meta({ id: 'Sessions' });

export type SessionsBody = z.output<typeof sessionsSchema>;
