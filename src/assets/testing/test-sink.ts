import { DiskStorage } from 'penstock/asset-disk';
import type { SinkWrite, StoredContent } from 'penstock/plugin-api';

/** What a sink may fail at. */
type Deed = 'write' | 'stat' | 'delete';

/** The sink on the disk, which fails when it is told to. */
export class TestSink extends DiskStorage {
  /** What it fails at now. */
  readonly broken = new Set<Deed>();
  /** What a deletion waits for. */
  hanging: Promise<void> | null = null;
  /** Ends what was written before anybody hears of it. */
  onWritten: (content: StoredContent) => Promise<void> = () => Promise.resolve();

  override async write(write: SinkWrite): Promise<StoredContent> {
    this.#may('write');
    const stored = await super.write(write);
    await this.onWritten(stored);
    return stored;
  }

  override async stat(key: string): Promise<{ readonly bytes: number } | null> {
    this.#may('stat');
    return super.stat(key);
  }

  override async delete(key: string): Promise<void> {
    this.#may('delete');
    await this.hanging;
    return super.delete(key);
  }

  #may(deed: Deed): void {
    if (this.broken.has(deed)) throw new Error(`EIO: ${deed}`);
  }
}
