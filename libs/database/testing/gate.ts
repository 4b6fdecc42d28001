/** Lets tests decide when work goes on. */
export class Gate {
  #open: () => void = () => undefined;
  /** Resolves once the gate is open. */
  readonly passed = new Promise<void>((resolve) => {
    this.#open = resolve;
  });

  /** Lets all pass who wait, and who come later. */
  open(): void {
    this.#open();
  }
}
