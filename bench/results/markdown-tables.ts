/** A table that a bench has printed. */
export interface Table {
  /** The heading above it; of several tables below one, the second and later ones have a number. */
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a Markdown text, in order. */
export function tablesOf(text: string): readonly Table[] {
  const tables: Table[] = [];
  let [heading, below] = ['', 0];
  let open: { columns: readonly string[]; rows: (readonly string[])[] } | undefined;
  for (const line of text.split('\n')) {
    const title = /^#+ (.*)$/.exec(line)?.[1];
    if (title !== undefined) [heading, below] = [title, 0];
    if (!line.startsWith('|')) {
      open = undefined;
    } else if (open !== undefined) {
      if (!isRule(line)) open.rows.push(cellsOf(line));
    } else {
      below += 1;
      open = { columns: cellsOf(line), rows: [] };
      tables.push({ title: below === 1 ? heading : `${heading} (${String(below)})`, ...open });
    }
  }
  return tables;
}

const isRule = (line: string): boolean => /^[|\s:-]+$/.test(line);

const cellsOf = (line: string): readonly string[] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim());
