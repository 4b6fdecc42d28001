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

interface Part {
  readonly steps: readonly Step[];
  readonly fails: boolean;
}

/** One transaction: parts are nested transactions; a part that fails is caught, one that is `all` is not. */
interface Plan {
  readonly parts: readonly Part[];
  readonly fails: boolean;
  readonly durable: boolean;
}

const idArb = fc.constantFrom(...IDS);
const stepsArb = fc.array(fc.record({ from: idArb, to: idArb, pause: fc.nat(2) }), {
  minLength: 1,
  maxLength: 3,
});
const partArb = fc.record({ steps: stepsArb, fails: fc.boolean() });
const planArb: fc.Arbitrary<Plan> = fc.record({
  parts: fc.array(partArb, { minLength: 1, maxLength: 3 }),
  fails: fc.boolean(),
  durable: fc.boolean(),
});

const next = (state: State, { from, to }: Step): State => ({
  ...state,
  [to]: (state[to] * 3 + state[from] + 1) % 10_007,
});

function applied(state: State, plan: Plan): State {
  const kept = plan.parts.filter(({ fails }) => !fails).flatMap(({ steps }) => steps);
  return plan.fails ? state : kept.reduce(next, state);
}

describe('concurrent transactions', () => {
  const folder = new TemporaryFolder();

  afterAll(() => folder.remove());

  const pause = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index += 1) await new Promise(setImmediate);
  };

  async function runPart(source: PooledSqliteDataSource, part: Part): Promise<void> {
    const counters = source.getRepository(Counter);
    await source.transaction(async () => {
      for (const step of part.steps) {
        const from = await counters.findOneByOrFail({ id: step.from });
        const to = await counters.findOneByOrFail({ id: step.to });
        await pause(step.pause);
        await counters.update(step.to, { value: (to.value * 3 + from.value + 1) % 10_007 });
      }
      if (part.fails) throw new Error('part');
    });
  }

  async function runPlan(source: PooledSqliteDataSource, plan: Plan, began: Plan[]): Promise<void> {
    const work = async (): Promise<void> => {
      began.push(plan);
      for (const part of plan.parts) await runPart(source, part).catch(() => undefined);
      if (plan.fails) throw new Error('all');
    };
    await new DatabasePool(source).transaction(work, { durable: plan.durable }).catch(() => undefined);
  }

  async function stateOf(source: PooledSqliteDataSource): Promise<State> {
    const rows = await new DatabasePool(source).read((manager) => manager.find(Counter));
    return Object.fromEntries(rows.map(({ id, value }) => [id, value])) as State;
  }

  for (const where of ['file', 'memory'] as const) {
    it(`in a ${where} end as if they had run one after the other, and reads see only such states`, async () => {
      const path = where === 'file' ? await folder.file() : ':memory:';
      const source = new PooledSqliteDataSource({ path, entities: LIBRARY, synchronize: true });
      await source.initialize();
      await fc.assert(
        fc.asyncProperty(fc.array(planArb, { minLength: 2, maxLength: 6 }), async (plans) => {
          const zero: State = { a: 0, b: 0, c: 0 };
          await source.getRepository(Counter).save(IDS.map((id) => ({ id, value: 0 })));
          const began: Plan[] = [];
          const seen = plans.map((_, index) => pause(index * 3).then(() => stateOf(source)));
          await Promise.all(plans.map((plan) => runPlan(source, plan, began)));
          const serial = began.reduce(
            (states, plan) => [...states, applied(states.at(-1) ?? zero, plan)],
            [zero],
          );
          expect(began).toHaveLength(plans.length);
          expect(await stateOf(source)).toEqual(serial.at(-1));
          for (const state of await Promise.all(seen)) expect(serial).toContainEqual(state);
        }),
        { numRuns: 25 },
      );
      await source.destroy();
    });
  }
});
