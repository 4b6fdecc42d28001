import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { MetricsController } from 'penstock/metrics';
import { Registry } from 'prom-client';

import { BrowserReadable, RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';

/** `GET /metrics` for keys with the scope `metrics`. */
@ApiTags('Operations')
@BrowserReadable()
@RequireScope('metrics')
@Controller('metrics')
export class ProtectedMetricsController extends MetricsController {
  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Metrics in the text format of Prometheus.' })
  @ApiResponse({ status: 200, content: { 'text/plain': {} } })
  @ApiErrors(401, 403)
  override read(): Promise<string> {
    return super.read();
  }
}
