export { cursorSchema, limitSchema, pageSchema, toPage, type Cursor, type Page } from './cursor.js';
export { errorBodySchema } from './error-body.js';
export { createHttpAdapter } from './http-adapter.js';
export { HttpModule } from './http.module.js';
export { InvalidRequestError } from './invalid-request.error.js';
export { SchemaValidationPipe } from './schema-validation.pipe.js';
