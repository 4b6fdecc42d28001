import type { Clock } from 'penstock/kernel';
import type { Download } from 'penstock/plugin-api';

import { parseContentRange } from './content-range.js';
import { CopyAnew, CopyRefused } from './copy-refused.js';
import { flowing } from './flowing.js';

/** Where the bytes come from, and how patiently. */
export interface SourceOptions {
  /** Asks the upstream. @throws CopyAnew when there is no use in asking for the rest */
  readonly open: (part: {
    readonly range: string | null;
    readonly ifRange: string | null;
  }) => Promise<Download>;
  readonly clock: Clock;
  /** When no byte came for so long, the rest is asked for anew. */
  readonly stalledAfterMs: number;
  readonly signal: AbortSignal;
}

/** Breaks in a row without a byte between them. */
const MOST_BREAKS = 5;
const PAUSE_MS = 500;

/**
 * One file of an upstream as one stream of bytes: where it breaks, the rest is asked for, if it surely belongs to what came
 * before. Nothing is held but the piece that is on its way.
 */
export class ResumedSource {
  readonly contentType: string;
  #first: Download | undefined;
  #total: number | null;
  readonly #etag: string | null;
  readonly #validator: string | null;

  private constructor(
    first: Download,
    private readonly options: SourceOptions,
  ) {
    this.#first = first;
    this.contentType = first.contentType;
    this.#total = first.contentLength;
    this.#etag = strong(first.etag);
    this.#validator = this.#etag ?? first.lastModified;
  }

  /** @throws whatever `open` throws; an error when what comes is not the whole file */
  static async open(options: SourceOptions): Promise<ResumedSource> {
    const first = await options.open({ range: null, ifRange: null });
    if (first.status === 200) return new ResumedSource(first, options);
    first.body.destroy();
    throw new Error(`The upstream answered ${String(first.status)} when it was asked for the whole file.`);
  }

  /** The size in bytes, where it is known. */
  get bytes(): number | null {
    return this.#total;
  }

  /** Lets the upstream go, if nobody reads it. */
  destroy(): void {
    this.#first?.body.destroy();
  }

  /** The bytes; to be read once. @throws an error unless all of them came */
  async *content(): AsyncGenerator<Uint8Array> {
    let download = this.#first;
    this.#first = undefined;
    let at = 0;
    for (let breaks = 0; ;) {
      const from = at;
      let reason: unknown;
      try {
        download ??= await this.#rest(at);
        for await (const piece of this.#unseen(download, at)) {
          at += piece.byteLength;
          this.#isWhole(at);
          yield piece;
        }
        if (this.#isWhole(at)) return;
        reason = new Error(`it ended after ${String(at)} of ${String(this.#total)} bytes`);
      } catch (error) {
        reason = error;
      }
      download = undefined;
      breaks = at > from ? 1 : breaks + 1;
      if (this.#isHopeless(reason, breaks)) throw reason;
      await this.options.clock.sleep(PAUSE_MS * breaks, this.options.signal);
      this.options.signal.throwIfAborted();
    }
  }

  /** @throws CopyAnew when it is more than the whole */
  #isWhole(at: number): boolean {
    if (this.#total === null) return true;
    if (at > this.#total)
      throw new CopyAnew(`The upstream sent more than the ${String(this.#total)} bytes that it told.`);
    return at === this.#total;
  }

  /** Without a length or a validator nobody can tell what belongs together. */
  #isHopeless(reason: unknown, breaks: number): boolean {
    const isKnown = this.#total !== null || this.#validator !== null;
    const isFinal = reason instanceof CopyRefused || reason instanceof CopyAnew;
    return this.options.signal.aborted || isFinal || !isKnown || breaks > MOST_BREAKS;
  }

  async #rest(at: number): Promise<Download> {
    const download = await this.options.open({ range: `bytes=${String(at)}-`, ifRange: this.#validator });
    try {
      this.#check(download, at);
      return download;
    } catch (error) {
      download.body.destroy();
      throw error;
    }
  }

  /** @throws CopyAnew when it is another file than before */
  #check(download: Download, at: number): void {
    const isRest = download.status === 206 && this.#isRest(download, at);
    const isAnew = download.status === 200 && this.#isSame(download) && this.#fits(download.contentLength);
    if (isRest || isAnew) return;
    const { status, contentRange } = download;
    throw new CopyAnew(
      `The upstream answered ${String(status)} (${contentRange ?? 'no range'}) when it was asked for the rest from byte ` +
        `${String(at)}: the file has changed, or it gives no parts.`,
    );
  }

  #isRest(download: Download, at: number): boolean {
    const range = parseContentRange(download.contentRange);
    const isOther = this.#etag !== null && download.etag !== null && !this.#isSame(download);
    return range?.start === at && !isOther && this.#fits(range.total);
  }

  #isSame({ etag }: Download): boolean {
    return this.#etag !== null && strong(etag) === this.#etag;
  }

  /** Whether it may be the size, which is learned here when it was not known. */
  #fits(total: number | null): boolean {
    this.#total ??= total;
    return total === null || total === this.#total;
  }

  /** Without what came before, where the upstream begins anew. */
  async *#unseen({ status, body }: Download, at: number): AsyncGenerator<Uint8Array> {
    let seen = status === 200 ? at : 0;
    for await (const piece of flowing(body, this.options)) {
      const rest = piece.subarray(Math.min(seen, piece.byteLength));
      seen -= piece.byteLength - rest.byteLength;
      if (rest.byteLength > 0) yield rest;
    }
  }
}

/** A weak tag does not tell that bytes are the same. */
const strong = (etag: string | null): string | null => (etag?.startsWith('"') === true ? etag : null);
