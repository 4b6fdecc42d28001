import { DiscoveryService } from '@nestjs/core';

/** Port: rows that are not kept for ever. Whoever knows them knows which are too old, or too many. */
export interface RetainedRows {
  /**
   * Deletes rows that need not be kept any longer, the oldest first, in one short transaction.
   *
   * @param limit - the most to delete
   * @returns how many it deleted; fewer than `limit` when none is left
   */
  prune(limit: number): Promise<number>;
}

/** Marks a Nest provider that implements {@link RetainedRows}; the value names it in logs and metrics. */
export const Retained = DiscoveryService.createDecorator<string>();
