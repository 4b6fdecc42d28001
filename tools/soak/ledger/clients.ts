import { setTimeout as pause } from 'node:timers/promises';

import type { SoakGateway } from '../gateway.js';

const CALLERS = 24;
const PAUSE_MS = 100;

/** Who asks for generations, and what came of it. */
export class Clients {
  /** The key that asked, by prompt. */
  readonly askedBy = new Map<string, string>();

  /** @param gateway - the one that runs now; it may be killed at any time */
  constructor(
    private readonly gateway: () => SoakGateway,
    private readonly keys: readonly { readonly id: string; readonly key: string }[],
  ) {}

  /** Asks for so many, each until it is answered; every tenth is cancelled. @param onEach - called after each */
  async ask(count: number, onEach: (asked: number) => void): Promise<void> {
    let next = 0;
    const call = async (): Promise<void> => {
      while (next < count) {
        const number = next;
        next += 1;
        await this.#askFor(number);
        onEach(this.askedBy.size);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, call));
  }

  async #askFor(number: number): Promise<void> {
    const { id: keyId, key } = this.keys[number % this.keys.length] ?? { id: '', key: '' };
    const prompt = `soak ${String(number)}`;
    const model = number % 4 === 3 ? 'sora-2-pro' : 'sora-2';
    const body = { model, input: { prompt, seconds: String(4 + 4 * (number % 3)) } };
    const made = await this.#until(key, '/v1/generations', { body, idempotencyKey: prompt });
    this.askedBy.set(prompt, keyId);
    if (number % 10 === 9) await this.#until(key, `/v1/generations/${made}/cancel`, {});
  }

  /** A gateway that is killed or full is asked again. @returns the id of the generation */
  async #until(key: string, path: string, asked: Asked): Promise<string> {
    for (;;) {
      const { status, text } = await answerOf(`${this.gateway().url}${path}`, requestOf(key, asked));
      // It may have ended before it could be cancelled.
      if (status === 409) return '';
      if (status >= 200 && status < 300) return (JSON.parse(text) as { id: string }).id;
      if (status >= 400 && status < 429) throw new Error(`${path}: ${String(status)} ${text}`);
      await pause(PAUSE_MS);
    }
  }
}

/** @returns the status 0 for an answer that did not come, or not to its end */
async function answerOf(url: string, request: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, request);
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

/** What goes with a request. */
interface Asked {
  readonly body?: object;
  readonly idempotencyKey?: string;
}

function requestOf(key: string, { body, idempotencyKey }: Asked): RequestInit {
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey.replaceAll(' ', '-');
  if (body === undefined) return { method: 'POST', headers };
  headers['content-type'] = 'application/json';
  return { method: 'POST', headers, body: JSON.stringify(body) };
}
