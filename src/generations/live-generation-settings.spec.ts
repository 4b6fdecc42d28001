import { loadedSettings } from 'penstock/settings/testing';
import { describe, expect, it } from 'vitest';

import { generationSettings } from './generation.settings.js';
import { resolveGenerationSettings } from './generations.options.js';
import { LiveGenerationSettings } from './live-generation-settings.js';

const shown = (settings: LiveGenerationSettings): object => ({
  queueTimeoutMs: settings.queueTimeoutMs,
  submitTimeoutMs: settings.submitTimeoutMs,
  maxFailedSubmissions: settings.maxFailedSubmissions,
  backoffMs: settings.backoffMs,
  reconciliationPausesMs: settings.reconciliationPausesMs,
  resumeSpreadMs: settings.resumeSpreadMs,
  deadlineMs: settings.deadlineMs,
});

describe('LiveGenerationSettings', () => {
  it('is what the application was made with until somebody sets it, field by field', async () => {
    const options = resolveGenerationSettings({ backoffMs: 50, deadlineMs: { song: 7, video: 60_000 } });
    const test = await loadedSettings([generationSettings.withDefaults(options)]);
    const live = new LiveGenerationSettings(test.settings);
    expect(shown(live)).toEqual(options);
    const values = { queueTimeoutMs: 5, reconciliationPausesMs: [1], deadlineMs: { image: 9, story: 8 } };
    await test.editor.put('generation', values, { expectedVersion: 0, by: 'key_1' });
    expect(shown(live)).toEqual({
      ...options,
      ...values,
      deadlineMs: { default: 1_500_000, video: 60_000, image: 9, song: 7, story: 8 },
    });
  });

  it('has the defaults of the options', () => {
    expect(generationSettings.defaults).toEqual(resolveGenerationSettings());
  });
});
