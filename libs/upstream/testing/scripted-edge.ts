import { ClearanceDesk, type ClearanceRequest, type GivenClearance } from '../src/ports/clearance-desk.js';
import { EdgeProbe, type ProbeRequest } from '../src/ports/edge-probe.js';

type ProbeOutcome = Awaited<ReturnType<EdgeProbe['probe']>>;

/** A probe that ends when the test says how. */
export class ScriptedProbe extends EdgeProbe {
  /** Origins that were looked at, in turn. */
  readonly asked: string[] = [];
  /** The most probes that one origin had at once. */
  mostAtOnce = 0;
  readonly #open = new Map<string, ((outcome: ProbeOutcome | Error) => void)[]>();

  override probe({ origin }: ProbeRequest): Promise<ProbeOutcome> {
    this.asked.push(origin);
    return new Promise((resolve, reject) => {
      const open = this.#open.get(origin) ?? [];
      open.push((outcome) => {
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      });
      this.#open.set(origin, open);
      this.mostAtOnce = Math.max(this.mostAtOnce, open.length);
    });
  }

  /** Ends the probe of an origin that began first. */
  end(origin: string, outcome: ProbeOutcome | Error): void {
    this.#open.get(origin)?.shift()?.(outcome);
  }
}

/** A desk that answers when the test says so. */
export class ScriptedDesk extends ClearanceDesk {
  readonly asked: ClearanceRequest[] = [];
  mostAtOnce = 0;
  readonly #open: ((given: GivenClearance | null | Error) => void)[] = [];

  override obtain(request: ClearanceRequest): Promise<GivenClearance | null> {
    this.asked.push(request);
    return new Promise((resolve, reject) => {
      this.#open.push((given) => {
        if (given instanceof Error) reject(given);
        else resolve(given);
      });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.length);
    });
  }

  /** Answers the question that was asked first. */
  answer(given: GivenClearance | null | Error): void {
    this.#open.shift()?.(given);
  }
}
