import {
  LONGEST_KNOWLEDGE_KEY,
  PollKnowledge,
  type LearnedModel,
  type StoredKnowledge,
} from '../../ports/poll-knowledge.js';
import type { PollTraits } from '../../ports/polling-strategy.js';
import type { DurationMemory } from './duration-law.js';
import { KeyLadder } from './key-ladder.js';
import { keyOf, keysFrom, nameOf, type KeyTraits } from './key-traits.js';
import { LearnedKey } from './learned-key.js';
import { readKey, writeKey } from './learned-state.js';

/** Bounds of {@link LearnedKeys}. */
export interface LearnedKeysOptions {
  readonly maxKeys: number;
  readonly memory: DurationMemory;
}

/** All that has been learned, by key. The keys unused for longest make room for new ones. */
export class LearnedKeys extends PollKnowledge {
  /** By the name of their finest key. Those used last come last, the coarser ones after all that stand on them. */
  readonly #ladders = new Map<string, KeyLadder>();
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(private readonly options: LearnedKeysOptions) {
    super();
  }

  get size(): number {
    return this.#ladders.size;
  }

  /** What is known of generations with these traits. */
  ladder(traits: PollTraits): KeyLadder {
    return this.#used(this.#ladder(keyOf(traits), (key) => LearnedKey.empty(key, this.options.memory)));
  }

  /** Says that the keys of a ladder have learned something. */
  changed(ladder: KeyLadder): void {
    for (const { name } of ladder.keys) this.#changed.add(name);
  }

  override restore(stored: readonly StoredKnowledge[]): readonly string[] {
    const { memory } = this.options;
    const problems: string[] = [];
    const found = new Map<string, LearnedKey>();
    for (const entry of stored) {
      const key = readKey(entry, memory);
      if (key !== undefined) found.set(key.name, key);
      else
        problems.push(
          `${entry.key.slice(0, LONGEST_KNOWLEDGE_KEY)} has no state of this version that is sound.`,
        );
      this.#removed.add(entry.key);
    }
    for (const { traits } of found.values()) {
      this.#used(this.#ladder(traits, (key) => found.get(nameOf(key)) ?? LearnedKey.empty(key, memory)));
    }
    return problems;
  }

  override takeChanges(): {
    readonly changed: readonly StoredKnowledge[];
    readonly removed: readonly string[];
  } {
    const changed = [...this.#changed].flatMap((name) => {
      const ladder = this.#ladders.get(name);
      return ladder === undefined ? [] : [writeKey(ladder.keys[0])];
    });
    const removed = [...this.#removed];
    this.#changed.clear();
    this.#removed.clear();
    return { changed, removed };
  }

  override models(): readonly LearnedModel[] {
    const known = [...this.#ladders.values()].filter(({ keys }) => keys[0].jobs > 0);
    return known.reverse().map((ladder) => ladder.describe());
  }

  #ladder(finest: KeyTraits, make: (key: KeyTraits) => LearnedKey): KeyLadder {
    const [first, ...coarser] = keysFrom(finest);
    const above = coarser[0] === undefined ? undefined : this.#ladder(coarser[0], make);
    const name = nameOf(first);
    const ladder = this.#ladders.get(name) ?? new KeyLadder([make(first), ...(above?.keys ?? [])]);
    this.#ladders.set(name, ladder);
    return ladder;
  }

  /** Moves its keys to the end, and drops the first ones when there are too many: never one that another stands on. */
  #used(ladder: KeyLadder): KeyLadder {
    for (const { name } of ladder.keys) {
      const own = this.#ladders.get(name) ?? ladder;
      this.#ladders.delete(name);
      this.#ladders.set(name, own);
      this.#removed.delete(name);
    }
    for (const [oldest] of this.#ladders) {
      if (this.#ladders.size <= this.options.maxKeys) break;
      this.#ladders.delete(oldest);
      this.#removed.add(oldest);
    }
    return ladder;
  }
}
