import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags, type OpenAPIObject } from '@nestjs/swagger';

import { BrowserReadable, RequireScope } from '../auth/access.decorators.js';

import { ApiErrors } from './api-errors.js';
import { OpenApiDocument } from './openapi-document.js';
import { PAGE, PAGE_POLICY, pageFile } from './swagger-ui.js';

/** The description of the API, for programs and for people. A browser may use a key as the password. */
@ApiTags('Documentation')
@BrowserReadable()
@RequireScope('read')
@Controller()
export class DocsController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @ApiOperation({ summary: 'The description of this API (OpenAPI 3.0).' })
  @ApiResponse({ status: 200, description: 'An OpenAPI document.', schema: { type: 'object' } })
  @ApiErrors(401, 403)
  json(): OpenAPIObject {
    return this.document.get();
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @ApiOperation({ summary: 'The same as a page.' })
  @ApiResponse({
    status: 200,
    description: 'A page.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  @ApiErrors(401, 403)
  page(): string {
    return PAGE;
  }

  @Get('docs/:file')
  @Header('cache-control', 'private, max-age=3600')
  @ApiExcludeEndpoint()
  async file(@Param('file') name: string): Promise<StreamableFile> {
    const file = await pageFile(name);
    if (file === undefined) throw new NotFoundException(`The documentation has no file "${name}".`);
    return new StreamableFile(file.content, { type: file.contentType });
  }
}
