import { Module } from '@nestjs/common';

import { DocsController } from './docs.controller.js';
import { OpenApiDocument } from './openapi-document.js';

/** `GET /openapi.json` and `GET /docs`, once `setupOpenApi(app)` was called. */
@Module({ controllers: [DocsController], providers: [OpenApiDocument] })
export class OpenApiModule {}
