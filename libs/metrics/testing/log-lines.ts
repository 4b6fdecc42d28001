import type { LoggerService } from '@nestjs/common';

/** A Nest logger that keeps its warnings. */
export class LogLines implements LoggerService {
  readonly warnings: string[] = [];

  warn(message: string): void {
    this.warnings.push(message);
  }

  log(): void {
    // Not looked at.
  }

  error(): void {
    // Not looked at.
  }
}
