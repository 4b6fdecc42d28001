/** Runs `work`. @returns what it has printed by `console.log`, which appears as usual */
export async function printedBy(work: () => Promise<void>): Promise<string> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (...items: unknown[]) => {
    lines.push(items.join(' '));
    log(...items);
  };
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines.join('\n');
}
