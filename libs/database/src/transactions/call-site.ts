/** Enough to get from the driver through TypeORM to who called it. */
const FRAMES = 12;
const OWN_FRAME =
  /[/\\](?:libs[/\\]database[/\\]src[/\\](?!.*\.spec\.)|node_modules[/\\]typeorm[/\\])|\(node:internal/;

/** A place in the code. */
export interface CallSite {
  /** A line for each call outside of the driver and TypeORM; all lines where there is no such call. */
  describe(): string;
}

/**
 * The place that called, for reports. Taking it costs some microseconds, because the frames are put into text only when
 * somebody asks.
 */
export function callSite(): CallSite {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(holder, callSite);
  Error.stackTraceLimit = limit;
  return { describe: () => withoutOurs(holder.stack ?? '') };
}

function withoutOurs(stack: string): string {
  const lines = stack.split('\n').slice(1);
  const foreign = lines.filter((line) => !OWN_FRAME.test(line));
  return (foreign.length === 0 ? lines : foreign).join('\n');
}
