import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { Counter, LIBRARY, TemporaryFolder } from '../../testing/index.js';
import { DatabasePool } from '../database-pool.js';
import { PooledSqliteDataSource } from '../typeorm/pooled-sqlite-data-source.js';

const IDS = ['a', 'b', 'c'] as const;
type Id = (typeof IDS)[number];
type State = Record<Id, number>;

/** `to := to * 3 + from + 1`: the order of two of these matters. */
interface Step {
  readonly from: Id;
  readonly to: Id;
  readonly pause: number;
}

/** A nested transaction; one that fails is caught. */
interface Part {
  readonly steps: readonly Step[];
  readonly fails: boolean;
}

/** One transaction. One that hangs has a call in it that does not end, until it is rolled back for that. */
interface Plan {
  readonly parts: readonly Part[];
  readonly end: 'commits' | 'fails' | 'hangs';
  readonly durable: boolean;
  readonly grouped: boolean;
}

/** What happened to a step, a part and a plan, in the order in which the plans began. */
interface RanStep extends Step {
  readonly read: { readonly from: number; readonly to: number };
}

interface RanPart {
  readonly steps: RanStep[];
  kept: boolean;
}

interface RanPlan {
  readonly parts: RanPart[];
  committed: boolean;
}

const idArb = fc.constantFrom(...IDS);
const stepsArb = fc.array(fc.record({ from: idArb, to: idArb, pause: fc.nat(2) }), {
  minLength: 1,
  maxLength: 3,
});
const partArb = fc.record({ steps: stepsArb, fails: fc.boolean() });
const planArb: fc.Arbitrary<Plan> = fc.record({
  parts: fc.array(partArb, { minLength: 1, maxLength: 3 }),
  end: fc.oneof(
    { arbitrary: fc.constant('commits' as const), weight: 12 },
    { arbitrary: fc.constant('fails' as const), weight: 6 },
    { arbitrary: fc.constant('hangs' as const), weight: 1 },
  ),
  durable: fc.boolean(),
  grouped: fc.boolean(),
});

const next = (from: number, to: number): number => (to * 3 + from + 1) % 10_007;

/** Runs a plan again, alone, on a state: what it had read must be what it reads now. @returns the state after it */
function replayed(before: State, plan: RanPlan): State {
  let state = before;
  for (const part of plan.parts) {
    const inside = { ...state };
    for (const { from, to, read } of part.steps) {
      expect(read).toEqual({ from: inside[from], to: inside[to] });
      inside[to] = next(inside[from], inside[to]);
    }
    if (part.kept) state = inside;
  }
  return plan.committed ? state : before;
}

describe('concurrent transactions', () => {
  const folder = new TemporaryFolder();

  afterAll(() => folder.remove());

  const pause = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index += 1) await new Promise(setImmediate);
  };

  async function runPart(source: PooledSqliteDataSource, part: Part, ran: RanPart): Promise<void> {
    const counters = source.getRepository(Counter);
    await source.transaction(async () => {
      for (const step of part.steps) {
        const { value: from } = await counters.findOneByOrFail({ id: step.from });
        const { value: to } = await counters.findOneByOrFail({ id: step.to });
        await pause(step.pause);
        await counters.update(step.to, { value: next(from, to) });
        ran.steps.push({ ...step, read: { from, to } });
      }
      if (part.fails) throw new Error('part');
    });
    ran.kept = true;
  }

  /** Never rejects: `began` tells what happened. */
  async function runPlan(source: PooledSqliteDataSource, plan: Plan, began: RanPlan[]): Promise<void> {
    const ran: RanPlan = { parts: [], committed: false };
    const stuck = source.createQueryRunner();
    const work = async (): Promise<void> => {
      began.push(ran);
      for (const part of plan.parts) {
        const ranPart: RanPart = { steps: [], kept: false };
        ran.parts.push(ranPart);
        await runPart(source, part, ranPart).catch(() => undefined);
      }
      if (plan.end === 'hangs') await stuck.query('SELECT 1');
      if (plan.end === 'fails') throw new Error('all');
    };
    const { durable, grouped } = plan;
    await new DatabasePool(source).transaction(work, { durable, grouped }).then(
      () => (ran.committed = true),
      () => undefined,
    );
    await stuck.release();
  }

  async function stateOf(source: PooledSqliteDataSource): Promise<State> {
    const rows = await new DatabasePool(source).read((manager) => manager.find(Counter));
    return Object.fromEntries(rows.map(({ id, value }) => [id, value])) as State;
  }

  for (const where of ['file', 'memory'] as const) {
    it(`in a ${where} end as if they had run one after the other, and reads see only such states`, async () => {
      const path = where === 'file' ? await folder.file() : ':memory:';
      const source = new PooledSqliteDataSource({
        path,
        entities: LIBRARY,
        synchronize: true,
        acquireTimeoutMs: 400,
      });
      await source.initialize();
      const ended = { committed: 0, undone: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(planArb, { minLength: 2, maxLength: 7 }), async (plans) => {
          const zero: State = { a: 0, b: 0, c: 0 };
          await source.getRepository(Counter).save(IDS.map((id) => ({ id, value: 0 })));
          const began: RanPlan[] = [];
          const seen = plans.map((_, index) =>
            pause(index * 3)
              .then(() => stateOf(source))
              .catch(() => undefined),
          );
          await Promise.all(plans.map((plan) => runPlan(source, plan, began)));
          const serial = began.reduce(
            (states, plan) => [...states, replayed(states.at(-1) ?? zero, plan)],
            [zero],
          );
          expect(await stateOf(source)).toEqual(serial.at(-1));
          for (const state of await Promise.all(seen))
            if (state !== undefined) expect(serial).toContainEqual(state);
          for (const { committed } of began) ended[committed ? 'committed' : 'undone'] += 1;
        }),
        { numRuns: 25 },
      );
      expect(ended.committed).toBeGreaterThan(25);
      expect(ended.undone).toBeGreaterThan(8);
      await source.destroy();
    }, 120_000);
  }
});
