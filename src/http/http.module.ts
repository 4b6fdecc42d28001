import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';

import { ErrorFilter } from './error.filter.js';
import { SchemaValidationPipe } from './schema-validation.pipe.js';

/** What every route has in common: the checks of what comes in, and the shape of errors that go out. */
@Module({
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: SchemaValidationPipe },
  ],
})
export class HttpModule {}
