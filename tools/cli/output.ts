import cliProgress from 'cli-progress';

/** Where a command writes. */
export interface Output {
  /** Whether results are one JSON value. */
  readonly json: boolean;
  /** Whether a person looks at it on a terminal. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
}

/** Writes a value, as JSON or as the lines that `lines` makes of it. */
export function show<T>(output: Output, value: T, lines: (value: T) => readonly string[]): void {
  if (output.json) output.write(`${JSON.stringify(value)}\n`);
  else for (const line of lines(value)) output.write(`${line}\n`);
}

/** Rows as columns, aligned. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Shows how far something is: a bar on a terminal, a line in a pipe, nothing with `--json`. */
export interface Progress {
  update(done: number, total: number, note: string): void;
  stop(): void;
}

/** Progress as this output shows it. */
export function progressOn({ json, terminal }: Output): Progress {
  if (json) return { update: () => undefined, stop: () => undefined };
  if (!terminal) return linesOn(process.stderr);
  const format = '{bar} {value}/{total} {note}';
  const bar = new cliProgress.SingleBar({ format, hideCursor: true }, cliProgress.Presets.shades_classic);
  let isOn = false;
  return {
    update: (done, total, note) => {
      if (!isOn) bar.start(total, done, { note });
      isOn = true;
      bar.setTotal(total);
      bar.update(done, { note });
    },
    stop: () => {
      if (isOn) bar.stop();
    },
  };
}

/** A line at every tenth of the way, and at every change of the first word of the note. */
function linesOn(stream: NodeJS.WriteStream): Progress {
  let shown = '';
  return {
    update: (done, total, note) => {
      const tenth = total === 0 ? 10 : Math.floor((done * 10) / total);
      const mark = `${String(tenth)} ${/^\w*/.exec(note)?.[0] ?? ''}`;
      if (mark === shown) return;
      shown = mark;
      stream.write(`${String(done)}/${String(total)} ${note}\n`);
    },
    stop: () => undefined,
  };
}
