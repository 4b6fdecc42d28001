import { setTimeout as pause } from 'node:timers/promises';

import type { TestApp } from '../../../test/support/start-app.js';
import { generationSchema, type GenerationView } from '../api/generation.schemas.js';

export const BODY = { model: 'sora-2', input: { prompt: 'a cat', seconds: 8 }, metadata: { a: '1' } };

/** Asks the application of a test about generations. */
export class GenerationsClient {
  constructor(private readonly test: TestApp) {}

  /** Adds a token that takes one generation at a time. @returns its id */
  async addToken(): Promise<string> {
    const token = { provider: 'acme', label: 'a', secret: 'sk-1234567890', limits: { video: 1 } };
    const { status, body } = await this.test.request('POST', '/admin/tokens', { body: token });
    if (status !== 201) throw new Error(`The token was not added: ${JSON.stringify(body)}`);
    return (body as { readonly id: string }).id;
  }

  async create(body: object = BODY): Promise<GenerationView> {
    return generationSchema.parse((await this.test.request('POST', '/v1/generations', { body })).body);
  }

  async read(id: string): Promise<GenerationView> {
    return generationSchema.parse((await this.test.request('GET', `/v1/generations/${id}`)).body);
  }

  /** Lets time pass until a generation has that status. */
  async reaches(id: string, status: GenerationView['status']): Promise<GenerationView> {
    for (let tries = 0; tries < 200; tries += 1) {
      const generation = await this.read(id);
      if (generation.status === status) return generation;
      await this.test.clock.advance(500);
      await pause(2);
    }
    throw new Error(`${id} did not become ${status}`);
  }

  /** @returns status, code and field of an error that is answered */
  async errorOf(...args: Parameters<TestApp['request']>): Promise<readonly unknown[]> {
    const { status, body } = await this.test.request(...args);
    const { error } = body as { error: { code: string; param: string | null } };
    return [status, error.code, error.param];
  }
}
