import { resolveProviderOptions, type ModelDescription, type ProviderOptions } from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 24) / 1000;

/** Options of `KlingModule.forRoot`. */
export type KlingOptions = ProviderOptions;

const PARAMETERS: ModelDescription['parameters'] = {
  seconds: { description: 'Length of the video in seconds.', values: ['5', '10'], default: '5' },
  mode: { description: 'Standard or professional.', values: ['std', 'pro'], default: 'std' },
  aspect_ratio: {
    description: 'Width to height; without an image.',
    values: ['16:9', '9:16', '1:1'],
    default: '16:9',
  },
  negative_prompt: { description: 'What the video shall not show.' },
  watermark: { description: 'Whether the video gets a mark.', values: ['true', 'false'] },
};

const SOUND: ModelDescription['parameters'] = {
  sound: { description: 'Whether it has sound.', values: ['on', 'off'], default: 'off' },
};

const model = (id: string, more: ModelDescription['parameters'] = {}): ModelDescription => ({
  id,
  kind: 'video',
  ownedBy: 'kuaishou',
  createdAt: OFFERED_SINCE,
  acceptsInputReference: true,
  parameters: { ...PARAMETERS, ...more },
});

const MODELS: readonly ModelDescription[] = [
  model('kling-v2-6', SOUND),
  model('kling-v2-5-turbo'),
  model('kling-v2-1-master'),
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveKlingOptions = (options: KlingOptions = {}): Required<KlingOptions> =>
  resolveProviderOptions(options, { baseUrl: 'https://api-singapore.klingai.com/v1', models: MODELS });
