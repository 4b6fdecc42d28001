/** The uploads in parts that this process has begun and not ended. */
export class OpenUploads {
  readonly #ids = new Set<string>();
  readonly #begins = new Set<Promise<unknown>>();

  /** @param begin - has the server begin an upload, and gives its id */
  async begin(begin: () => Promise<string>): Promise<string> {
    const begun = begin();
    this.#begins.add(begun);
    try {
      const id = await begun;
      this.#ids.add(id);
      return id;
    } finally {
      this.#begins.delete(begun);
    }
  }

  /** Waits until those have their ids that are being begun: until then the server may know of some that we do not know. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#begins);
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#ids.has(id);
  }

  end(id: string): void {
    this.#ids.delete(id);
  }
}
