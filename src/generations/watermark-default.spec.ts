import type { ModelDescription } from 'penstock/plugin-api';
import { loadedSettings } from 'penstock/settings/testing';
import { describe, expect, it } from 'vitest';

import { WatermarkDefault } from './watermark-default.js';
import { watermarkSettings } from './watermark.settings.js';

const model = (parameters: ModelDescription['parameters']): ModelDescription => ({
  id: 'acme-1',
  kind: 'video',
  ownedBy: 'acme',
  createdAt: 0,
  acceptsInputReference: false,
  parameters,
});
const TAKES_IT = model({ watermark: { description: 'A mark.', values: ['true', 'false'] } });

describe('WatermarkDefault', () => {
  const withDefault = async (enabled: boolean | null): Promise<WatermarkDefault> => {
    const { settings } = await loadedSettings([watermarkSettings.withDefaults({ enabled })]);
    return new WatermarkDefault(settings);
  };

  it.each([true, false])('is added where the model takes it: %s', async (enabled) => {
    const watermark = await withDefault(enabled);
    expect(watermark.addedTo({ seconds: '4' }, TAKES_IT)).toEqual({ watermark: String(enabled) });
    expect(watermark.addedTo({}, model({ watermark: { description: 'Any text.' } }))).toEqual({
      watermark: String(enabled),
    });
  });

  it('leaves a request its own', async () => {
    expect((await withDefault(true)).addedTo({ watermark: 'false' }, TAKES_IT)).toEqual({});
  });

  it('is not added where the model does not take it', async () => {
    const watermark = await withDefault(true);
    const other = model({ watermark: { description: 'A mark.', values: ['small', 'large'] } });
    expect([model({}), other].map((each) => watermark.addedTo({}, each))).toEqual([{}, {}]);
  });

  it('is left to the upstream while nobody set it', async () => {
    expect((await withDefault(null)).addedTo({}, TAKES_IT)).toEqual({});
  });
});
