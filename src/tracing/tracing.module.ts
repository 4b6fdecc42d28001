import { Global, Module, type FactoryProvider } from '@nestjs/common';

import { GenerationTraces } from './generation-traces.js';
import { RequestTraces } from './request-traces.js';
import { SpanRecorder } from './span-recorder.js';
import { TraceExport } from './trace-export.js';

const recorder: FactoryProvider<SpanRecorder | null> = {
  provide: SpanRecorder,
  inject: [TraceExport],
  useFactory: (traces: TraceExport) => traces.open(),
};

/** Traces for OpenTelemetry, where a collector is set. Offers `SpanRecorder | null`. */
@Global()
@Module({
  providers: [TraceExport, recorder, RequestTraces, GenerationTraces],
  exports: [SpanRecorder],
})
export class TracingModule {}
