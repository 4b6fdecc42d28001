/** One line of values. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A scrape, parsed. */
export interface Exposition {
  readonly samples: readonly Sample[];
  /** `counter`, `gauge`, … by the name of the metric. */
  readonly types: ReadonlyMap<string, string>;
  /** The help text by the name of the metric. */
  readonly helps: ReadonlyMap<string, string>;
  /** The value of the one sample with this name and at least these labels; `undefined` when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/.source;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/.source;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? (\\S+)$`);
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);

/**
 * Parses Prometheus' text format strictly.
 *
 * @throws Error naming the first line that does not conform, repeats a sample or comes before its type.
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('The exposition must end with a line feed.');
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = COMMENT.exec(line);
    if (comment === null) samples.push(parseSample(line, types, seen));
    else (comment[1] === 'TYPE' ? types : helps).set(comment[2] ?? '', comment[3] ?? '');
  }
  return { samples, types, helps, value: (name, labels = {}) => find(samples, name, labels)?.value };
}

function parseSample(line: string, types: ReadonlyMap<string, string>, seen: Set<string>): Sample {
  const match = SAMPLE.exec(line);
  const [, name = '', labels = ''] = match ?? [];
  if (match === null) throw new Error(`Not a sample: ${line}`);
  const key = line.slice(0, line.lastIndexOf(' '));
  if (seen.has(key)) throw new Error(`Repeated: ${line}`);
  if (!types.has(name) && !types.has(name.replace(/_(bucket|sum|count)$/, ''))) {
    throw new Error(`Without a type: ${line}`);
  }
  seen.add(key);
  return { name, labels: parseLabels(labels), value: parseValue(line.slice(key.length + 1)) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, label = '', value = ''] of text.matchAll(new RegExp(LABEL, 'g'))) {
    labels[label] = value.replaceAll(/\\(["\\n])/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

function parseValue(text: string): number {
  if (/^nan$/i.test(text)) return NaN;
  const value = Number(text.replace('Inf', 'Infinity'));
  if (Number.isNaN(value)) throw new Error(`Not a number: ${text}`);
  return value;
}

function find(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>>,
): Sample | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} samples match ${name} ${JSON.stringify(labels)}.`);
  return found[0];
}
