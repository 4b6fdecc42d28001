import type { Readable } from 'node:stream';

import { DiscoveryService } from '@nestjs/core';

/** What an {@link AssetSink} is called. */
export interface AssetSinkOptions {
  /** Lower-case letters, digits and hyphens; stored with every copy, so it must not change. */
  readonly name: string;
}

/** What is to be stored. */
export interface SinkWrite {
  /** Names the copy: the same again when a copy is repeated. Letters, digits, `_`, `-` and `/`. */
  readonly copyId: string;
  readonly contentType: string;
  /** The size in bytes, where it is known. */
  readonly bytes: number | null;
  /** The content. When it fails, nothing is stored. */
  readonly content: AsyncIterable<Uint8Array>;
  /** When aborted, the write ends soon and stores nothing. */
  readonly signal: AbortSignal;
}

/** What was stored. */
export interface StoredContent {
  /** By which the sink finds it again. */
  readonly key: string;
  readonly bytes: number;
  /** Of all bytes, in hexadecimal. */
  readonly sha256: string;
}

/** A part of a content, both ends included. */
export interface SinkRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a class with `@AssetSink()` implements: a place for the files of finished generations. Contents of any size flow
 * through it in pieces. Two copies may have one key only when they have the same bytes.
 */
export interface AssetStorage {
  /**
   * Stores a content whole, or nothing. When this resolves, the content outlives a power cut.
   *
   * @throws whatever `content` throws; an error when it is aborted, or when the place does not take it
   */
  write(write: SinkWrite): Promise<StoredContent>;
  /**
   * Opens a content, or a part of it.
   *
   * @param range - lies inside of the content
   * @returns `null` when there is none of this key
   */
  open(key: string, range?: SinkRange): Promise<Readable | null>;
  /** @returns the size of a content, or `null` when there is none of this key */
  stat(key: string): Promise<{ readonly bytes: number } | null>;
  /** Deletes a content. Content when there is none. */
  delete(key: string): Promise<void>;
  /**
   * The keys of everything that is stored, for a sink that nobody else writes to: what no generation knows, and is not being
   * written, is deleted after a start and from time to time.
   */
  keys?(): AsyncIterable<string>;
  /**
   * The key that this copy will have, for a sink whose keys do not depend on the content. It is written down before the first
   * byte, so that what a killed process stored is found without a look at everything.
   */
  keyOf?(copyId: string): string;
  /**
   * Removes what writes left that never ended, and nothing of those that are under way. Called after a start and from time to
   * time.
   *
   * @returns how much it removed
   */
  tidy?(): Promise<number>;
}

/**
 * Marks a Nest provider that stores the files of finished generations. The class implements {@link AssetStorage} and is
 * listed in the `providers` of a module of its own.
 *
 * @example
 * ```ts
 * @AssetSink({ name: 'acme-bucket' })
 * export class AcmeBucket implements AssetStorage { ... }
 * ```
 */
export const AssetSink = DiscoveryService.createDecorator<AssetSinkOptions>();
