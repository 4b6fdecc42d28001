import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A page of the repository. */
export interface Page {
  /** Path from the root. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  /** `path:line` of its first line, for messages. */
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

/** A row of a table, by the heads of its columns. */
export type Row = Readonly<Record<string, string>>;

/** Every Markdown page that is, or is about to be, under version control. */
export function allPages(): readonly Page[] {
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT });
  return [...new Set(list.toString().split('\n'))].filter(Boolean).sort().map(page);
}

export function page(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** The fenced blocks of some languages. */
export function blocksOf({ path, text }: Page, ...languages: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const match of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const [, language = '', content = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    if (languages.includes(language)) blocks.push({ at: `${path}:${String(line)}`, language, text: content });
  }
  return blocks;
}

/** Relative targets of links, without those in code. */
export function linksOf({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, 'code');
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  );
}

/** What links to headings of a page end with, as GitHub makes it. */
export function anchorsOf({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '');
  return Array.from(prose.matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The rows of every table whose first column has this head. */
export function rowsOf({ text }: Page, firstColumn: string): readonly Row[] {
  return Array.from(text.matchAll(/(?:^\|.*\n)+/gm), ([table]) => tableOf(table)).flatMap((rows) =>
    rows[0] !== undefined && Object.keys(rows[0])[0] === firstColumn ? rows : [],
  );
}

/** The first piece of code in a cell; empty when there is none. */
export function codeIn(cell: string | undefined): string {
  return /`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';
}

function tableOf(table: string): readonly Row[] {
  const [head = [], , ...body] = table.trim().split('\n').map(cellsOf);
  return body.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
