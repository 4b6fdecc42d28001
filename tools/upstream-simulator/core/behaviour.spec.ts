import { describe, expect, it } from 'vitest';

import {
  behaviourChangeSchema,
  changedBehaviour,
  DEFAULT_BEHAVIOUR,
  type BehaviourChange,
} from './behaviour.js';
import { checkedInput } from './checked-input.js';

const changed = (change: BehaviourChange) =>
  changedBehaviour(DEFAULT_BEHAVIOUR, checkedInput(behaviourChangeSchema, change));

describe('changedBehaviour', () => {
  it('keeps what is not named, also when it is named as undefined', () => {
    expect(changed({})).toEqual(DEFAULT_BEHAVIOUR);
    expect(changed({ timeScale: undefined, failureRate: 0.5 })).toEqual({
      ...DEFAULT_BEHAVIOUR,
      failureRate: 0.5,
    });
  });

  it('takes a median alone for no spread', () => {
    expect(changed({ queue: { medianMs: 5 } }).queue).toEqual({ medianMs: 5, sigma: 0 });
  });

  it('goes back to the sample video with null', () => {
    const large = changed({ contentBytes: 10 });
    expect(changedBehaviour(large, { contentBytes: null }).contentBytes).toBeNull();
  });

  it('gives a new, frozen object', () => {
    const result = changed({ progress: 'stalls' });
    expect(Object.isFrozen(result)).toBe(true);
    expect(DEFAULT_BEHAVIOUR.progress).toBe('linear');
  });

  it.each(['linear', 'stuck-at-zero', 'jumping', 'sits-at-95', 'stalls', { steps: 10 }] as const)(
    'knows the progress %j',
    (progress) => {
      expect(changed({ progress }).progress).toEqual(progress);
    },
  );
});
