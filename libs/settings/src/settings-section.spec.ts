import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { mailSettings } from '../testing/mail-settings.js';
import { defineSettings } from './define-settings.js';

const section = (schema: z.ZodObject, name = 'mail') =>
  defineSettings({ name, description: 'For a test.', schema });

describe('defineSettings', () => {
  it('has the defaults of its fields, frozen to the ground', () => {
    expect(mailSettings.defaults).toMatchObject({
      to: null,
      atOnce: 2,
      limits: { perHour: 100, perDay: 1_000 },
    });
    expect([mailSettings.defaults, mailSettings.defaults.limits].every(Object.isFrozen)).toBe(true);
  });

  it.each(['', 'Mail', '1st', 'a/b', 'a b', `a${'b'.repeat(64)}`])('refuses the name "%s"', (name) => {
    expect(() => section(z.object({}), name)).toThrow(/^The name of a settings section must match/);
  });

  it('refuses a field without a default', () => {
    expect(() => section(z.object({ a: z.int(), b: z.string() }))).toThrow(
      'The defaults of the settings section "mail" do not fit: "a": got nothing; expected number. "b": got nothing; expected string.',
    );
  });

  it('refuses values that JSON cannot hold', () => {
    const when = z.object({
      when: z
        .string()
        .default('2026')
        .transform((text) => new Date(text)),
    });
    expect(() => section(when)).toThrow('holds what JSON cannot');
  });
});

describe('SettingsSection', () => {
  it('lays what is set on the defaults', () => {
    expect(mailSettings.check({ atOnce: 5, limits: { perDay: 7 } })).toMatchObject({
      fits: true,
      values: { atOnce: 5, limits: { perHour: 100, perDay: 7 }, pauses: [1, 2] },
    });
  });

  it('lays it on the defaults of the application, field by field', () => {
    const ours = mailSettings
      .withDefaults({ atOnce: 3, limits: { perDay: 50 } })
      .withDefaults({ pauses: [9] });
    expect(ours.defaults).toMatchObject({ atOnce: 3, limits: { perHour: 100, perDay: 50 }, pauses: [9] });
    expect(ours.check({ limits: { perHour: 1 } })).toMatchObject({
      values: { limits: { perHour: 1, perDay: 50 } },
    });
    expect(ours.isSameAs(mailSettings)).toBe(true);
  });

  it('refuses defaults of the application that do not fit', () => {
    expect(() => mailSettings.withDefaults({ atOnce: 11 })).toThrow(
      new RangeError(
        'The defaults of the settings section "mail" do not fit: "atOnce": got 11; expected number to be <=10.',
      ),
    );
  });

  it('is not another one of the same name', () => {
    expect(section(z.object({})).isSameAs(section(z.object({})))).toBe(false);
  });

  it('describes what may be set, with the defaults that hold', () => {
    const schema = mailSettings.withDefaults({ limits: { perDay: 50 } }).jsonSchema;
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        atOnce: { type: 'integer', minimum: 1, maximum: 10, default: 2 },
        limits: { default: { perHour: 100, perDay: 50 }, properties: { perDay: { default: 50 } } },
      },
    });
  });

  it.each<readonly [object, readonly string[]]>([
    [{ atOnce: 'two' }, ['"atOnce": got "two"; expected number.']],
    [{ atOnce: 0 }, ['"atOnce": got 0; expected number to be >=1.']],
    [{ limits: { perDay: [] } }, ['"limits.perDay": got an array of 0; expected number.']],
    [
      { limits: { perYear: 1 }, colour: 1 },
      ['"limits.perYear" is not known here.', '"colour" is not known here.'],
    ],
    [{ least: 3 }, ['"least": got 3; expected at most atOnce.']],
    [{ names: { a: {} } }, ['"names.a": got an object; expected string.']],
    [{ mode: { level: 'x' } }, ['"mode.level": got "x"; expected number.']],
    [{ mode: 1 }, ['"mode": got 1; expected "off" or expected object.']],
    [{ to: 'x'.repeat(90) }, [`"to": got "${'x'.repeat(59)}…; Invalid URL.`]],
  ])('says what is wrong with %j', (overrides, messages) => {
    const check = mailSettings.check(JSON.parse(JSON.stringify(overrides)) as Record<string, never>);
    expect(check.fits ? [] : check.problems.map(({ message }) => message)).toEqual(messages);
  });

  it('does not repeat the password of a URL', () => {
    const check = mailSettings.check({ from: 'ok', to: 'ht tp://me:hunter2@mail.test' });
    expect(JSON.stringify(check)).toContain('//***@mail.test');
    expect(JSON.stringify(check)).not.toContain('hunter2');
  });
});

describe('a rule of a section', () => {
  const modes = ['plain', 'rich'];
  const ruled = mailSettings
    .withRule(({ names }) =>
      Object.entries(names).flatMap(([key, name]) =>
        modes.includes(name)
          ? []
          : [{ path: ['names', key], expected: `expected one of ${modes.join(', ')}` }],
      ),
    )
    .withDefaults({ atOnce: 3 });

  it('refuses what the schema lets pass, naming the field, what was got and what would be right', () => {
    expect(ruled.check({ names: { a: 'plain', 'sora-2.1': 'poor' } })).toMatchObject({
      fits: false,
      problems: [
        {
          path: 'names.sora-2.1',
          message: '"names.sora-2.1": got "poor"; expected one of plain, rich.',
        },
      ],
    });
    expect(ruled.check({ names: { a: 'rich' } })).toMatchObject({ fits: true, values: { atOnce: 3 } });
  });

  it('is asked anew each time', () => {
    modes.push('poor');
    expect(ruled.check({ names: { a: 'poor' } }).fits).toBe(true);
    modes.pop();
    expect(ruled.check({ names: { a: 'poor' } }).fits).toBe(false);
  });

  it('sees only values that fit the schema, and stands beside other rules', () => {
    const seen: number[] = [];
    const both = ruled.withRule(({ atOnce }) => {
      seen.push(atOnce);
      return atOnce === 4 ? [{ path: ['atOnce'], expected: 'expected another number' }] : [];
    });
    expect(both.check({ atOnce: 99 }).fits).toBe(false);
    expect(seen).toEqual([]);
    const check = both.check({ atOnce: 4, names: { a: 'poor' } });
    expect(!check.fits && check.problems.map(({ path }) => path)).toEqual(['names.a', 'atOnce']);
    expect(seen).toEqual([4]);
  });

  it('leaves the defaults alone, and the section the same', () => {
    const strict = mailSettings.withRule(() => [{ path: ['atOnce'], expected: 'expected nothing at all' }]);
    expect(strict.check({})).toEqual({ fits: true, values: mailSettings.defaults });
    expect(strict.check({ from: 'me' }).fits).toBe(false);
    expect(strict.isSameAs(mailSettings)).toBe(true);
  });
});
