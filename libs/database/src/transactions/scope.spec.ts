import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { FakeConnection } from '../../testing/index.js';
import { Frame } from './frame.js';
import { Scope } from './scope.js';

const frame = (readOnly = false, parent?: Frame): Frame =>
  new Frame(
    {
      connection: new FakeConnection(),
      label: 'test',
      readOnly,
      aborted: undefined,
      broken: false,
      resource: 'database.writer',
      openedAt: undefined,
      describe: () => undefined,
      release: () => undefined,
    },
    { clock: new ManualClock(), timeoutMs: 100 },
    parent,
  );

const any = (): boolean => true;

describe('Scope', () => {
  it('knows the frame of the running code, through awaits and timers', async () => {
    const scope = new Scope();
    const own = frame();
    expect(scope.current(any)).toBeUndefined();
    await scope.run(own, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(scope.current(any)).toBe(own);
    });
    expect(scope.current(any)).toBeUndefined();
  });

  it('keeps contexts that run at once apart', async () => {
    const scope = new Scope();
    const frames = [frame(), frame(), frame()];
    const seen = await Promise.all(
      frames.map((own) => scope.run(own, () => new Promise(setImmediate).then(() => scope.current(any)))),
    );
    expect(seen).toEqual(frames);
  });

  it('finds the innermost frame that fits', () => {
    const scope = new Scope();
    const [writer, reader] = [frame(), frame(true)];
    scope.run(writer, () => {
      scope.run(reader, () => {
        expect(scope.current(any)).toBe(reader);
        expect(scope.current(({ lease }) => !lease.readOnly)).toBe(writer);
        expect(scope.current(() => false)).toBeUndefined();
      });
    });
  });

  it('goes on to the next outer frame that is open when one has ended', () => {
    const scope = new Scope();
    const [outer, middle, inner] = [frame(), frame(), frame()];
    scope.run(outer, () => {
      scope.run(middle, () => {
        scope.run(inner, () => {
          inner.end();
          expect(scope.current(any)).toBe(middle);
          middle.end();
          expect(scope.current(any)).toBe(outer);
          outer.end();
          expect(scope.current(any)).toBeUndefined();
        });
      });
    });
  });

  it('does not find a frame whose parent has ended', () => {
    const scope = new Scope();
    const parent = frame();
    const child = frame(false, parent);
    expect(child.isWithin(parent)).toBe(true);
    expect(parent.isWithin(child)).toBe(false);
    scope.run(child, () => {
      parent.end();
      expect(scope.current(any)).toBeUndefined();
    });
  });

  it('is not shared', () => {
    new Scope().run(frame(), () => {
      expect(new Scope().current(any)).toBeUndefined();
    });
  });
});
