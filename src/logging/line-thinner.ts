import { Injectable } from '@nestjs/common';
import { Clock, type Timer } from 'penstock/kernel';

/** One kind of line in the window that runs. */
interface Kind {
  shown: number;
  leftOut: number;
}

/** Lines of one kind that were left out. */
export interface LeftOut {
  readonly key: string;
  readonly count: number;
}

/** Lines of one kind that are shown in a window. */
const SHOWN = 10;
const WINDOW_MS = 10_000;
/** Kinds that are told apart in a window; lines of further ones are shown. */
const MOST_KINDS = 1_000;

/**
 * Thins repeated lines: of each kind the first 10 in 10 s are shown, and after these the others are counted. Lines are of
 * one kind when they differ in words that hold digits only, as numbers and ids do.
 */
@Injectable()
export class LineThinner {
  readonly #kinds = new Map<string, Kind>();
  #timer: Timer | undefined;
  #tell: (leftOut: LeftOut) => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  /** Calls `tell` with each kind of which lines were left out, at the end of its window. */
  onLeftOut(tell: (leftOut: LeftOut) => void): void {
    this.#tell = tell;
  }

  /** @returns whether to show a line of this text */
  admits(text: string): boolean {
    const key = kindOf(text);
    const kind = this.#kinds.get(key) ?? this.#begin(key);
    if (kind === undefined || kind.shown < SHOWN) {
      if (kind !== undefined) kind.shown += 1;
      return true;
    }
    kind.leftOut += 1;
    return false;
  }

  /** Ends the window: tells what was left out, and begins again. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const kinds = [...this.#kinds];
    this.#kinds.clear();
    for (const [key, { leftOut }] of kinds) if (leftOut > 0) this.#tell({ key, count: leftOut });
  }

  #begin(key: string): Kind | undefined {
    if (this.#kinds.size >= MOST_KINDS) return undefined;
    this.#timer ??= this.clock.setTimer(() => {
      this.flush();
    }, WINDOW_MS);
    const kind = { shown: 0, leftOut: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }
}

const KIND_CHARACTERS = 300;

function kindOf(text: string): string {
  return text.slice(0, KIND_CHARACTERS).replaceAll(/[^\s,;:()[\]{}"'=/]*\d[^\s,;:()[\]{}"'=/]*/g, '#');
}
