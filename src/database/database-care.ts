import { Inject, Injectable, Optional } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DatabaseFile } from 'penstock/database';
import { Timed } from 'penstock/metrics';

const LOOK_EVERY_MS = 10_000;

/** Keeps the write-ahead log small. */
@Injectable()
export class DatabaseCare {
  constructor(@Optional() @Inject(DatabaseFile) private readonly file: DatabaseFile | null) {}

  @Interval(LOOK_EVERY_MS)
  @Timed({ name: 'database care', kind: 'task' })
  async look(): Promise<void> {
    await this.file?.care();
  }
}
