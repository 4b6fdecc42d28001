import { Injectable } from '@nestjs/common';

import type { CopyId } from './copy-store.js';

/** A content that is being written for a copy. */
export interface WriteUnderWay extends CopyId {
  readonly sink: string;
  /** Of the content, once the sink has told it. */
  key: string | null;
}

/** The contents that this process is writing now: from before the first byte until a row tells of them, or nobody wants them. */
@Injectable()
export class WritesUnderWay {
  readonly #writes = new Set<WriteUnderWay>();

  /** @param run - what writes; it tells the key as soon as it knows it */
  async track<T>(
    { generationId, position }: CopyId,
    sink: string,
    run: (write: WriteUnderWay) => Promise<T>,
  ): Promise<T> {
    const write: WriteUnderWay = { generationId, position, sink, key: null };
    this.#writes.add(write);
    try {
      return await run(write);
    } finally {
      this.#writes.delete(write);
    }
  }

  /** Whether a content is being written for this copy. */
  has({ generationId, position }: CopyId): boolean {
    return [...this.#writes].some((each) => each.generationId === generationId && each.position === position);
  }

  /** The writes to a sink. */
  to(sink: string): readonly WriteUnderWay[] {
    return [...this.#writes].filter((each) => each.sink === sink);
  }
}
