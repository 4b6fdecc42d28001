import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CodedError } from 'penstock/kernel';
import { z } from 'zod';

import { OptionalPrincipal, Public, type Principal } from '../auth/index.js';
import { ApiErrors } from '../openapi/api-errors.js';

import { ReadinessCheck, type Readiness } from './readiness.js';
import { StartupCheck } from './startup.js';

const liveSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Live' });

const startupSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Startup' });

const readySchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    details: z
      .record(z.string(), z.looseObject({ status: z.string() }))
      .optional()
      .meta({ description: 'By part; only admin keys see it.' }),
  })
  .meta({ id: 'Ready' });

/** Probes for orchestrators, without a key. */
@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: ReadinessCheck,
    private readonly startup: StartupCheck,
  ) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the process runs. Restart it when this fails.' })
  @ApiResponse({ status: 200, standardSchema: liveSchema, description: 'It runs.' })
  live(): z.output<typeof liveSchema> {
    return { status: 'ok' };
  }

  @Get('startup')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Whether the start is over: it was ready once. Ask the other probes from then on.',
  })
  @ApiResponse({ status: 200, standardSchema: startupSchema, description: 'The start is over.' })
  @ApiErrors(503)
  async started(@OptionalPrincipal() principal: Principal | null): Promise<z.output<typeof startupSchema>> {
    const pending = await this.startup.pending();
    if (pending !== null) throw notReady(isAdmin(principal) ? pending.details : {});
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether requests are welcome. An admin key sees how each part is.' })
  @ApiResponse({ status: 200, standardSchema: readySchema, description: 'Requests are welcome.' })
  @ApiErrors(503)
  async ready(@OptionalPrincipal() principal: Principal | null): Promise<z.output<typeof readySchema>> {
    const mayKnow = isAdmin(principal);
    const { status, details } = await this.readiness.run();
    if (status === 'down') throw notReady(mayKnow ? details : {});
    return mayKnow ? { status, details } : { status };
  }
}

function isAdmin(principal: Principal | null): boolean {
  return principal?.scopes.includes('admin') === true;
}

function notReady(details: Readiness['details']): CodedError {
  const down = Object.entries(details).filter(([, part]) => part.status === 'down');
  const parts = down.map(
    ([name, { message }]) => `${name} (${typeof message === 'string' ? message : 'down'})`,
  );
  const message = parts.length === 0 ? 'Not ready.' : `Not ready: ${parts.join(', ')}.`;
  return new CodedError('not_ready', 'unavailable', message, { retryAfterMs: 1_000 });
}
