export { SpanRecorder, type RecordedSpan } from './span-recorder.js';
export { generationSpansOf, type SpanReference } from './span-reference.js';
export { tracedCall } from './traced-call.js';
export { TracingModule } from './tracing.module.js';
