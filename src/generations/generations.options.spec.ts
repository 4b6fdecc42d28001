import { describe, expect, it } from 'vitest';

import { resolveGenerationSettings } from './generations.options.js';

describe('resolveGenerationSettings', () => {
  it('fills in what is left out, and freezes the whole', () => {
    const settings = resolveGenerationSettings({ backoffMs: 5 });
    expect(settings).toMatchObject({ backoffMs: 5, queueTimeoutMs: 1_800_000, maxFailedSubmissions: 4 });
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.reconciliationPausesMs)).toBe(true);
  });

  it.each([
    [{ queueTimeoutMs: 0 }, 'queueTimeoutMs must be >= 1, got 0'],
    [{ submitTimeoutMs: Number.NaN }, 'submitTimeoutMs must be >= 1, got NaN'],
    [{ maxFailedSubmissions: 0 }, 'maxFailedSubmissions must be >= 1, got 0'],
    [{ backoffMs: -1 }, 'backoffMs must be >= 1, got -1'],
    [{ resumeSpreadMs: -1 }, 'resumeSpreadMs must be >= 0, got -1'],
    [{ reconciliationPausesMs: [] }, 'reconciliationPausesMs must hold numbers >= 0, got []'],
    [{ reconciliationPausesMs: [1, -2] }, 'reconciliationPausesMs must hold numbers >= 0, got [1, -2]'],
  ])('refuses %j', (options, message) => {
    expect(() => resolveGenerationSettings(options)).toThrow(new RangeError(message));
  });
});
