import { Reflector } from '@nestjs/core';
import { describe, expect, it } from 'vitest';

import { accessOf, BrowserReadable, Public, RequireScope } from './access.decorators.js';
import { allows, SCOPES } from './scopes.js';

class Undecided {
  @Public()
  open(): void {
    // Only its decorators matter.
  }

  @RequireScope('read')
  @BrowserReadable()
  browser(): void {
    // Only its decorators matter.
  }

  nothing(): void {
    // Only its decorators matter.
  }
}

@RequireScope('admin')
class Admin {
  @Public()
  open(): void {
    // Only its decorators matter.
  }

  plain(): void {
    // Only its decorators matter.
  }
}

@Public()
class Open {
  @RequireScope('generate')
  closed(): void {
    // Only its decorators matter.
  }

  plain(): void {
    // Only its decorators matter.
  }
}

const access = (type: typeof Undecided | typeof Admin | typeof Open, method: string) => {
  const handler: unknown = Reflect.get(type.prototype, method);
  if (typeof handler !== 'function') throw new Error(`${method} is no method`);
  return accessOf(new Reflector(), [handler, type]);
};

describe('accessOf', () => {
  it('says nothing of a route that says nothing', () => {
    expect(access(Undecided, 'nothing')).toBeUndefined();
  });

  it('reads the method', () => {
    expect(access(Undecided, 'open')).toEqual({ kind: 'public' });
    expect(access(Undecided, 'browser')).toEqual({ kind: 'scope', scope: 'read', browser: true });
  });

  it('takes the class for what the method leaves open', () => {
    expect(access(Admin, 'plain')).toEqual({ kind: 'scope', scope: 'admin', browser: false });
    expect(access(Open, 'plain')).toEqual({ kind: 'public' });
  });

  it('takes the word of the method over that of the class', () => {
    expect(access(Admin, 'open')).toEqual({ kind: 'public' });
    expect(access(Open, 'closed')).toEqual({ kind: 'scope', scope: 'generate', browser: false });
  });
});

describe('allows', () => {
  it('allows what a scope is for, and an admin everything', () => {
    for (const needed of SCOPES) {
      expect(allows([needed], needed)).toBe(true);
      expect(allows(['admin'], needed)).toBe(true);
      expect(allows([], needed)).toBe(false);
    }
    expect(allows(['generate', 'read', 'metrics'], 'admin')).toBe(false);
    expect(allows(['generate'], 'read')).toBe(false);
  });
});
