import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The description of the whole API; made when it is asked for first. */
@Injectable()
export class OpenApiDocument {
  #build: (() => OpenAPIObject) | undefined;
  #document: OpenAPIObject | undefined;

  /** Sets how the document is made. */
  use(build: () => OpenAPIObject): void {
    this.#build = build;
    this.#document = undefined;
  }

  /** @throws Error before {@link OpenApiDocument.use} */
  get(): OpenAPIObject {
    if (this.#build === undefined) throw new Error('setupOpenApi(app) was not called.');
    this.#document ??= this.#build();
    return this.#document;
  }
}
