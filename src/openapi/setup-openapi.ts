import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

import { errorBodySchema } from '../http/error-body.js';

import { ERROR_SCHEMA } from './api-errors.js';
import { OpenApiDocument } from './openapi-document.js';
import { withPublicOperations } from './operations.js';

const DESCRIPTION = `One API to asynchronous generation services: create a job, watch it, fetch the result.

Send an API key as \`Authorization: Bearer <key>\`. Every error has the shape \`{ error: { message, type, param, code } }\`
and every answer an \`x-request-id\`. The routes under \`/v1/videos\` and \`/v1/models\` are those of the OpenAI API.`;

/** Describes every route of an application. Needs `OpenApiModule` among its imports. */
export function setupOpenApi(app: INestApplication): void {
  app.get(OpenApiDocument).use(() => describeApp(app));
}

function describeApp(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Penstock')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.0.3')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key.' }, 'key')
    .addSecurityRequirements('key');
  const operationIdFactory = (controller: string, method: string): string =>
    `${controller.replace(/Controller$/, '')}.${method}`;
  const document = SwaggerModule.createDocument(app, builder.build(), { operationIdFactory });
  return withPublicOperations(withErrorSchema(document));
}

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

function withErrorSchema(document: OpenAPIObject): OpenAPIObject {
  // Zod promises the dialect, but its type says no more than that it is an object.
  const schema = errorBodySchema['~standard'].jsonSchema.output({ target: 'openapi-3.0' }) as Schema;
  const schemas = { ...document.components?.schemas, [ERROR_SCHEMA]: schema };
  return { ...document, components: { ...document.components, schemas } };
}
