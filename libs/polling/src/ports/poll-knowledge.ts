/** Part of what a strategy has learned, as it is stored. */
export interface StoredKnowledge {
  /** At most {@link LONGEST_KNOWLEDGE_KEY} characters. */
  readonly key: string;
  /** JSON that only the strategy reads. It names its version. */
  readonly state: string;
  /** Wall-clock milliseconds since 1970. */
  readonly updatedAt: number;
}

/** Bound of {@link StoredKnowledge.key}. */
export const LONGEST_KNOWLEDGE_KEY = 512;

/** What a strategy has learned of one key, for people. */
export interface LearnedModel {
  /** What the generations of this key have in common; `null` where the key takes in all. */
  readonly provider: string | null;
  readonly kind: string;
  readonly model: string | null;
  readonly size: string | null;
  readonly duration: string | null;
  /** Generations that ended under this key. */
  readonly jobs: number;
  /** Durations that so many percent of generations do not exceed, in milliseconds. */
  readonly quantilesMs: Readonly<Record<'p10' | 'p50' | 'p90' | 'p99', number>>;
  /** Whether the upstream's progress was found to tell when a generation ends. */
  readonly progressTrusted: boolean;
  /** When the last one ended, in wall-clock milliseconds since 1970. */
  readonly lastSeenAt: number;
}

/** Port: the memory of a strategy that learns. Bounded in size. */
export abstract class PollKnowledge {
  /**
   * Takes in what was stored, the longest unchanged first. What it leaves out, it reports as removed later.
   *
   * @returns what is wrong with the entries that cannot be read
   */
  abstract restore(stored: readonly StoredKnowledge[]): readonly string[];

  /** What has changed since the last call, and the keys that are gone. */
  abstract takeChanges(): {
    readonly changed: readonly StoredKnowledge[];
    readonly removed: readonly string[];
  };

  /** Everything that it knows, the key used last first. */
  abstract models(): readonly LearnedModel[];
}

/**
 * Port: where knowledge is kept between two runs. What is lost costs a few polls and nothing else, so that a store
 * need not be durable to the second.
 */
export abstract class PollKnowledgeStore {
  /** Everything that is stored of a strategy, the longest unchanged first. */
  abstract load(strategy: string): Promise<readonly StoredKnowledge[]>;

  /** Adds or replaces entries and removes others: all or nothing. May be repeated when it failed. */
  abstract save(
    strategy: string,
    changed: readonly StoredKnowledge[],
    removed: readonly string[],
  ): Promise<void>;
}
