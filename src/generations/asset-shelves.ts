import { Injectable } from '@nestjs/common';
import type { Download } from 'penstock/plugin-api';

import type { Generation } from './generation.entity.js';

/** Which part of a file. */
export interface PartRequest {
  /** A `Range` header. */
  readonly range: string | null;
  /** An `If-Range` header. */
  readonly ifRange: string | null;
  /** Aborts the download; the client went away. */
  readonly signal: AbortSignal;
}

/** Port: a place other than the upstream that may have the files of completed generations. */
export interface AssetShelf {
  /**
   * Opens a file that it has.
   *
   * @param position - among the files of the generation
   * @returns `null` when it does not have it, or cannot hand it over; the upstream is asked then
   */
  open(generation: Generation, position: number, request: PartRequest): Promise<Download | null>;
}

/** Where files are looked for before the upstream is asked. Shelves are added before the first request. */
@Injectable()
export class AssetShelves {
  readonly #shelves = new Set<AssetShelf>();

  add(shelf: AssetShelf): void {
    this.#shelves.add(shelf);
  }

  /** @returns `null` when no shelf has it */
  async open(generation: Generation, position: number, request: PartRequest): Promise<Download | null> {
    for (const shelf of this.#shelves) {
      const download = await shelf.open(generation, position, request);
      if (download !== null) return download;
    }
    return null;
  }
}
