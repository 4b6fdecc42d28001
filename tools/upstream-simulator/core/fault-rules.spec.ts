import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { checkedInput } from './checked-input.js';
import { faultRuleSchema, type FaultRuleInput } from './fault-rule.js';
import { FaultRules, type FaultTarget } from './fault-rules.js';

function rulesOf(...inputs: FaultRuleInput[]): FaultRules {
  const rules = new FaultRules(new SeededRandom(1));
  for (const input of inputs) rules.add(checkedInput(faultRuleSchema, input));
  return rules;
}

const target = (change: Partial<FaultTarget> = {}): FaultTarget => ({
  operation: 'retrieve',
  secret: 'k',
  jobId: 'video_1',
  ...change,
});

const fires = (rules: FaultRules, change: Partial<FaultTarget> = {}): boolean =>
  rules.next(target(change)) !== undefined;

describe('FaultRules', () => {
  it('leaves calls alone without rules', () => {
    expect(fires(rulesOf())).toBe(false);
  });

  it('befalls only the operation, secret and job it names', () => {
    const fault = { type: 'unauthorized' } as const;
    expect(fires(rulesOf({ operation: 'create', fault }))).toBe(false);
    expect(fires(rulesOf({ operation: 'any', fault }))).toBe(true);
    const narrow = rulesOf({ operation: 'retrieve', secret: 'k', jobId: 'video_1', fault });
    expect(fires(narrow)).toBe(true);
    expect(fires(narrow, { secret: 'other' })).toBe(false);
    expect(fires(narrow, { jobId: 'video_2' })).toBe(false);
    expect(fires(narrow, { jobId: null })).toBe(false);
  });

  it('skips the first calls, then fires so many times', () => {
    const rules = rulesOf({ id: 'r', operation: 'any', skip: 2, times: 3, fault: { type: 'not-found' } });
    const fired = Array.from({ length: 8 }, () => fires(rules));
    expect(fired).toEqual([false, false, true, true, true, false, false, false]);
    expect(rules.report()).toEqual([{ id: 'r', operation: 'any', type: 'not-found', matched: 8, fired: 3 }]);
  });

  it('fires with its probability, the same way each time', () => {
    const pattern = (): boolean[] => {
      const rules = rulesOf({ operation: 'any', probability: 0.3, fault: { type: 'reset-before' } });
      return Array.from({ length: 2000 }, () => fires(rules));
    };
    const share = pattern().filter(Boolean).length / 2000;
    expect(share).toBeGreaterThan(0.26);
    expect(share).toBeLessThan(0.34);
    expect(pattern()).toEqual(pattern());
  });

  it('never fires with probability 0', () => {
    const rules = rulesOf({ operation: 'any', probability: 0, fault: { type: 'reset-before' } });
    expect(Array.from({ length: 100 }, () => fires(rules))).not.toContain(true);
  });

  it('lets the first rule that fires decide', () => {
    const rules = rulesOf(
      { operation: 'any', times: 1, fault: { type: 'not-found' } },
      { operation: 'any', fault: { type: 'unauthorized' } },
    );
    expect(rules.next(target())?.fault.type).toBe('not-found');
    expect(rules.next(target())?.fault.type).toBe('unauthorized');
  });

  it('does not try a fault where it makes no sense', () => {
    const rules = rulesOf({ operation: 'any', times: 1, fault: { type: 'stall-progress' } });
    expect(fires(rules, { operation: 'models' })).toBe(false);
    expect(fires(rules, { operation: 'create' })).toBe(true);
  });

  it('tells which operations the rule is about', () => {
    const fault = { type: 'not-found' } as const;
    expect(rulesOf({ operation: 'any', fault }).next(target())?.scope).toBe('any');
    expect(rulesOf({ operation: 'retrieve', fault }).next(target())?.scope).toEqual(['retrieve']);
  });

  it('numbers rules without an id, and refuses an id that is taken', () => {
    const rules = rulesOf({ operation: 'any', fault: { type: 'not-found' } });
    expect(rules.report().map(({ id }) => id)).toEqual(['fault-1']);
    const again = checkedInput(faultRuleSchema, {
      id: 'fault-1',
      operation: 'any',
      fault: { type: 'not-found' },
    });
    expect(() => rules.add(again)).toThrow(expect.objectContaining({ code: 'conflict', field: 'id' }));
  });

  it('ends one rule, or all', () => {
    const rules = rulesOf(
      { id: 'a', operation: 'any', fault: { type: 'not-found' } },
      { id: 'b', operation: 'any', fault: { type: 'not-found' } },
    );
    expect(rules.remove('a')).toBe(true);
    expect(rules.remove('a')).toBe(false);
    expect(fires(rules)).toBe(true);
    rules.clear();
    expect(fires(rules)).toBe(false);
  });
});

describe('faultRuleSchema', () => {
  const fault = { type: 'not-found' };
  it.each([
    [{ fault }, 'operation'],
    [{ operation: 'sing', fault }, 'operation'],
    [{ operation: 'any', fault: { type: 'earthquake' } }, 'fault.type'],
    [{ operation: 'any', probability: 1.1, fault }, 'probability'],
    [{ operation: 'any', times: 0, fault }, 'times'],
    [{ operation: 'any', skip: -1, fault }, 'skip'],
    [{ operation: 'any', fault: { type: 'server-error', status: 404 } }, 'fault.status'],
    [{ operation: 'any', fault: { type: 'slow', bytesPerSecond: 0 } }, 'fault.bytesPerSecond'],
    [{ operation: 'any', fault: { type: 'rate-limited', retryAfterDate: 'soon' } }, 'fault.retryAfterDate'],
    [
      {
        operation: 'any',
        fault: { type: 'rate-limited', retryAfterSeconds: 1, retryAfterDate: '2030-01-01T00:00:00Z' },
      },
      'fault.retryAfterDate',
    ],
    [{ operation: 'models', fault: { type: 'fail-job' } }, 'fault.type'],
    [{ operation: 'content', fault: { type: 'truncated-json' } }, 'fault.type'],
    [{ operation: 'any', fault: { type: 'not-found', extra: 1 } }, 'fault.extra'],
  ])('names the field that is wrong in %j', (input, field) => {
    expect(() => checkedInput(faultRuleSchema, input)).toThrow(expect.objectContaining({ field }));
  });
});
