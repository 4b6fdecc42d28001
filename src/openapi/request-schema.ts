import type { ApiBodyOptions } from '@nestjs/swagger';
import type { z } from 'zod';

type Schema = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

/** What a body may hold, in OpenAPI's words: for routes that read their body themselves. */
export function requestSchema(schema: z.ZodType): Schema {
  return schema['~standard'].jsonSchema.input({ target: 'openapi-3.0' });
}
