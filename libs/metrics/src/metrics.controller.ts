import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';
import { Registry } from 'prom-client';

/** Serves the registry in Prometheus' text format. Who may read it is for the application's guards to say. */
@Controller({ path: 'metrics', version: VERSION_NEUTRAL })
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  async read(): Promise<string> {
    return await this.registry.metrics();
  }
}
