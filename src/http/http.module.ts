import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';

import { ErrorFilter } from './error.filter.js';
import { HttpDrain } from './http-drain.js';
import { SchemaValidationPipe } from './schema-validation.pipe.js';

/** What every route has in common: the checks of what comes in, the shape of errors that go out, and the end. */
@Module({
  providers: [
    HttpDrain,
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: SchemaValidationPipe },
  ],
})
export class HttpModule {}
