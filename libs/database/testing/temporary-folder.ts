import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for database files that is removed after the test. */
export class TemporaryFolder {
  readonly #folders: string[] = [];

  /** A path in a new folder; nothing is there yet. */
  async file(name = 'test.db'): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'database-'));
    this.#folders.push(folder);
    return join(folder, name);
  }

  /** Removes every folder made. */
  async remove(): Promise<void> {
    await Promise.all(this.#folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  }
}
