/** How many attempts may be under way; read each time, so it may change. */
export interface SlotLimits {
  readonly maxActive: number;
  readonly maxActivePerHost: number;
}

interface Host {
  active: number;
  /** Its last attempt failed: it gets one slot at a time until one succeeds. */
  isFailing: boolean;
  readonly waiting: (() => void)[];
}

/**
 * Bounds attempts under way, in all and for each host. Hosts that wait take turns, and one that fails is asked by one
 * attempt at a time, so that a dead receiver does not delay the others.
 */
export class HostSlots {
  readonly #hosts = new Map<string, Host>();
  /** Hosts that may be given a slot, in the order of their turns. */
  readonly #turns = new Set<string>();
  #active = 0;

  constructor(private readonly limits: () => SlotLimits) {}

  /** Attempts under way. */
  get active(): number {
    return this.#active;
  }

  /** Runs `attempt` as soon as there is a slot. @param attempt - resolves to whether the host answers */
  async run(host: string, attempt: () => Promise<boolean>): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#hostOf(host).waiting.push(resolve);
      this.#turns.add(host);
      this.#grant();
    });
    let isWell = false;
    try {
      isWell = await attempt();
    } finally {
      this.#release(host, isWell);
    }
  }

  #hostOf(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host = { active: 0, isFailing: false, waiting: [] };
    this.#hosts.set(name, host);
    return host;
  }

  #grant(): void {
    const { maxActive, maxActivePerHost } = this.limits();
    for (const name of this.#turns) {
      if (this.#active >= maxActive) return;
      this.#turns.delete(name);
      const host = this.#hostOf(name);
      if (host.active >= (host.isFailing ? 1 : maxActivePerHost)) continue;
      const next = host.waiting.shift();
      if (next === undefined) continue;
      host.active += 1;
      this.#active += 1;
      // Added again at the end: a loop over a set goes on with what is added meanwhile.
      if (host.waiting.length > 0) this.#turns.add(name);
      next();
    }
  }

  #release(name: string, isWell: boolean): void {
    const host = this.#hostOf(name);
    host.active -= 1;
    host.isFailing = !isWell;
    this.#active -= 1;
    if (host.waiting.length > 0) this.#turns.add(name);
    else if (host.active === 0) this.#hosts.delete(name);
    this.#grant();
  }
}
