import { Injectable, StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';

import { describeIssue } from './describe-issue.js';
import { InvalidRequestError } from './invalid-request.error.js';

/**
 * Checks every `@Body`, `@Query` and `@Param` that names a `schema`, and hands over what the schema made of it.
 *
 * @throws InvalidRequestError for what does not fit
 */
@Injectable()
export class SchemaValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({});
  }

  override async transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const { schema, data } = metadata;
    if (schema === undefined || metadata.type === 'custom') return value;
    this.stripProtoKeys(value);
    const result = await this.validate<T>(value, schema);
    if (result.issues === undefined) return result.value;
    const [first, ...more] = result.issues.flatMap((issue) =>
      data === undefined
        ? describeIssue(issue, value, schema)
        : describeIssue({ ...issue, path: [data, ...(issue.path ?? [])] }, { [data]: value }, undefined),
    );
    throw InvalidRequestError.of([
      first ?? { code: 'invalid_value', path: '', message: 'The request does not fit.' },
      ...more,
    ]);
  }
}
