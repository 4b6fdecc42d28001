import { ClearanceDesk, type ClearanceRequest, type GivenClearance } from '../src/ports/clearance-desk.js';
import { EdgeProbe, type ProbeRequest } from '../src/ports/edge-probe.js';

type ProbeOutcome = Awaited<ReturnType<EdgeProbe['probe']>>;

/** A probe that ends when the test says how. */
export class ScriptedProbe extends EdgeProbe {
  /** Origins that were looked at, in turn, with the proxy where there is one. */
  readonly asked: string[] = [];
  /** The most probes that one way had at once. */
  mostAtOnce = 0;
  readonly #open = new Map<string, ((outcome: ProbeOutcome | Error) => void)[]>();

  override probe({ origin, proxyUrl }: ProbeRequest): Promise<ProbeOutcome> {
    const way = proxyUrl === null ? origin : `${origin} ${proxyUrl}`;
    this.asked.push(way);
    return new Promise((resolve, reject) => {
      const open = this.#open.get(way) ?? [];
      open.push((outcome) => {
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      });
      this.#open.set(way, open);
      this.mostAtOnce = Math.max(this.mostAtOnce, open.length);
    });
  }

  /** Ends the probe of a way, as in `asked`, that began first. */
  end(way: string, outcome: ProbeOutcome | Error): void {
    this.#open.get(way)?.shift()?.(outcome);
  }
}

/** A desk that answers when the test says so. */
export class ScriptedDesk extends ClearanceDesk {
  readonly asked: ClearanceRequest[] = [];
  /** The most questions that one way had at once. */
  mostAtOnce = 0;
  readonly #open: { way: string; answer: (given: GivenClearance | null | Error) => void }[] = [];

  override obtain(request: ClearanceRequest): Promise<GivenClearance | null> {
    this.asked.push(request);
    return new Promise((resolve, reject) => {
      const way = `${request.origin} ${request.proxyUrl ?? ''}`;
      const answer = (given: GivenClearance | null | Error): void => {
        if (given instanceof Error) reject(given);
        else resolve(given);
      };
      this.#open.push({ way, answer });
      const ofWay = this.#open.filter((open) => open.way === way);
      this.mostAtOnce = Math.max(this.mostAtOnce, ofWay.length);
    });
  }

  /** Answers the question that was asked first. */
  answer(given: GivenClearance | null | Error): void {
    this.#open.shift()?.answer(given);
  }
}
