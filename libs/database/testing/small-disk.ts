import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this process may mount file systems; as root on Linux, it mostly may. */
export function canMount(): boolean {
  try {
    new SmallDisk(1).unmount();
    return true;
  } catch {
    return false;
  }
}

/** A real file system of a few MiB, which really fills up. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'small-disk-'));

  constructor(mebibytes: number) {
    try {
      this.#run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', this.folder);
    } catch (error) {
      rmdirSync(this.folder);
      throw error;
    }
  }

  /** Leaves no free byte. */
  async fill(): Promise<void> {
    const file = await open(join(this.folder, 'filler'), 'a');
    try {
      for (let bytes = 65_536; bytes >= 1; bytes /= 2) await appendWhilePossible(file, Buffer.alloc(bytes));
    } finally {
      await file.close();
    }
  }

  /** Gives back what `fill()` took. */
  async free(): Promise<void> {
    await rm(join(this.folder, 'filler'));
  }

  /** Refuses every write from now on. Nothing may be open for writing. */
  setReadOnly(): void {
    this.#run('mount', '-o', 'remount,ro', this.folder);
  }

  /** It is gone, with all that is on it. */
  unmount(): void {
    this.#run('umount', '-l', this.folder);
    rmdirSync(this.folder);
  }

  #run(command: string, ...words: readonly string[]): void {
    execFileSync(command, words, { stdio: 'pipe' });
  }
}

async function appendWhilePossible(file: Awaited<ReturnType<typeof open>>, block: Buffer): Promise<void> {
  for (;;) {
    try {
      const { bytesWritten } = await file.write(block);
      if (bytesWritten < block.length) return;
    } catch {
      return;
    }
  }
}
