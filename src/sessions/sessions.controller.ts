import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SessionPool } from 'penstock/upstream';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { sessionsSchema, type SessionsBody } from './sessions.schemas.js';

/** The pooled connections to upstreams. */
@ApiTags('Admin: upstream')
@RequireScope('admin')
@Controller('admin/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionPool) {}

  @Get()
  @ApiOperation({ summary: 'Show the pooled connections to upstreams.' })
  @ApiResponse({ status: 200, standardSchema: sessionsSchema })
  @ApiErrors(401, 403)
  list(): SessionsBody {
    return { ...this.sessions.stats(), data: [...this.sessions.list()] };
  }
}
