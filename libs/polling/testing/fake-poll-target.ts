import { type PollListing, type PollObservation, type PollRequest, PollTarget } from 'penstock/polling';

/** What a target is asked for one id. */
export function aPollRequest(id: string, signal: AbortSignal = new AbortController().signal): PollRequest {
  return {
    id,
    signal,
    get wanted() {
      return !signal.aborted;
    },
  };
}

/** How a {@link FakePollTarget} answers the next poll of an id. */
export type PollScript = (id: string, signal: AbortSignal) => Promise<PollObservation> | PollObservation;

/** Answers as it is told, and keeps what it was asked. */
export class FakePollTarget extends PollTarget {
  /** Ids in the order in which they were polled. */
  readonly polled: string[] = [];
  /** Ids in the order in which they expired. */
  readonly expired: string[] = [];
  /** Answers every poll; may be replaced at any time. */
  script: PollScript = () => ({ outcome: 'pending', progress: null, pollAfterMs: null });
  /** Thrown by `expire` while set. */
  expireFailure: Error | undefined;

  override async poll({ id, signal }: PollRequest): Promise<PollObservation> {
    this.polled.push(id);
    return await this.script(id, signal);
  }

  override async expire(id: string): Promise<void> {
    if (this.expireFailure !== undefined) throw this.expireFailure;
    this.expired.push(id);
    await Promise.resolve();
  }
}

/** How a {@link FakeListTarget} answers a call about many ids. */
export type ListScript = (ids: readonly string[]) => Promise<PollListing> | PollListing;

/** A {@link FakePollTarget} that can also be asked about many ids at once. */
export class FakeListTarget extends FakePollTarget {
  /** The ids of each call, in the order of the calls. */
  readonly lists: string[][] = [];
  /** Answers every list; may be replaced at any time. */
  list: ListScript = (ids) => ({
    outcome: 'listed',
    requests: 1,
    observations: new Map(ids.map((id) => [id, { outcome: 'pending', progress: null, pollAfterMs: null }])),
  });

  override async pollMany(polls: readonly PollRequest[]): Promise<PollListing> {
    const ids = polls.map(({ id }) => id);
    this.lists.push(ids);
    return await this.list(ids);
  }
}
