export { ApiErrors } from './api-errors.js';
export { requestSchema } from './request-schema.js';
export { OpenApiModule } from './openapi.module.js';
export { setupOpenApi } from './setup-openapi.js';
