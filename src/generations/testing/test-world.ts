import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Logger } from '@nestjs/common';
import { PooledSqliteDataSource } from 'penstock/database';
import { ManualClock, SeededRandom } from 'penstock/kernel/testing';

import { SecretBox } from '../../secrets/index.js';
import { TokenTransition } from '../../tokens/lifecycle/token-transition.entity.js';
import { tokenMigrations } from '../../tokens/migrations/index.js';
import { aTokenRow } from '../../tokens/testing/a-token-row.js';
import { TokenSecrets } from '../../tokens/token-secrets.js';
import { Token } from '../../tokens/token.entity.js';
import { Generation } from '../generation.entity.js';
import { RetiredJob } from '../retired-job.entity.js';
import { generationMigrations } from '../migrations/index.js';
import { FakeUpstream } from './fake-upstream.js';
import { GivenShelf } from './given-shelf.js';

/** What outlives a process: the database, the data folder, the time and the upstream. */
export class TestWorld {
  readonly random: SeededRandom;
  readonly upstream: FakeUpstream;
  readonly shelf = new GivenShelf();
  readonly secrets = new TokenSecrets(new SecretBox([{ id: 'test', key: Buffer.alloc(32, 7) }]));
  #tokens = 0;

  private constructor(
    readonly clock: ManualClock,
    readonly source: PooledSqliteDataSource,
    readonly dataDir: string,
    seed: number,
  ) {
    this.random = new SeededRandom(seed);
    this.upstream = new FakeUpstream(clock);
  }

  /** Makes a world without tokens. What is logged in it is dropped. */
  static async create(seed = 1): Promise<TestWorld> {
    Logger.overrideLogger(false);
    const source = new PooledSqliteDataSource({
      path: ':memory:',
      entities: [Generation, RetiredJob, Token, TokenTransition],
      migrations: [...tokenMigrations, ...generationMigrations],
    });
    const dataDir = await mkdtemp(join(tmpdir(), 'penstock-engine-'));
    return new TestWorld(new ManualClock(), await source.initialize(), dataDir, seed);
  }

  async end(): Promise<void> {
    await this.source.destroy();
    await rm(this.dataDir, { recursive: true });
  }

  /** Adds a token of provider `acme`; engines see it from their start. @returns its id */
  async addToken(limit = 2, changes: Partial<Token> = {}): Promise<string> {
    const id = `tok_${this.#tokens++}`;
    const row = aTokenRow(this.secrets, id, { limits: { video: limit }, ...changes });
    await this.source.getRepository(Token).insert(row);
    return id;
  }

  /** The rows of all generations, oldest first. */
  rows(): Promise<Generation[]> {
    return this.source.getRepository(Generation).find({ order: { createdAt: 'ASC', id: 'ASC' } });
  }
}
