import {
  resolveProviderOptions,
  type ModelDescription,
  type ParameterDescription,
  type ProviderOptions,
} from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 30) / 1000;

/** Options of `GoogleVeoModule.forRoot`. */
export type GoogleVeoOptions = ProviderOptions;

const resolution = (...values: readonly string[]): ParameterDescription => ({
  description: 'Height of the video; more than 720p goes with 8 seconds only.',
  values,
  default: '720p',
});

const COMMON: ModelDescription['parameters'] = {
  seconds: { description: 'Length of the video in seconds.', values: ['4', '6', '8'], default: '8' },
  aspect_ratio: { description: 'Width to height.', values: ['16:9', '9:16'], default: '16:9' },
  size: {
    description: 'Width x height in pixels, in place of resolution and aspect_ratio.',
    values: ['1280x720', '720x1280', '1920x1080', '1080x1920'],
  },
  negative_prompt: { description: 'What the video shall not show.' },
  person_generation: {
    description: 'Which people may be shown; what is allowed depends on the region.',
    values: ['allow_all', 'allow_adult', 'dont_allow'],
  },
  seed: { description: 'An integer; the same one gives similar videos.' },
};

const model = (id: string, ...resolutions: readonly string[]): ModelDescription => ({
  id,
  kind: 'video',
  ownedBy: 'google',
  createdAt: OFFERED_SINCE,
  acceptsInputReference: true,
  parameters: { ...COMMON, resolution: resolution(...resolutions) },
});

const MODELS: readonly ModelDescription[] = [
  model('veo-3.1-generate-preview', '720p', '1080p', '4k'),
  model('veo-3.1-fast-generate-preview', '720p', '1080p', '4k'),
  model('veo-3.1-lite-generate-preview', '720p', '1080p'),
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveGoogleVeoOptions = (options: GoogleVeoOptions = {}): Required<GoogleVeoOptions> =>
  resolveProviderOptions(options, {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    models: MODELS,
  });
