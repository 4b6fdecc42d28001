import { resolveProviderOptions, type ModelDescription, type ProviderOptions } from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 24) / 1000;

/** Options of `ArkModule.forRoot`. */
export type ArkOptions = ProviderOptions;

const from4To15 = Array.from({ length: 12 }, (_, index) => String(index + 4));

const PARAMETERS: ModelDescription['parameters'] = {
  seconds: { description: 'Length of the video in seconds.', values: from4To15, default: '5' },
  resolution: { description: 'Height of the video.', values: ['480p', '720p'], default: '720p' },
  ratio: {
    description: 'Width to height.',
    values: ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive'],
  },
  size: {
    description: 'Width x height in pixels, in place of resolution and ratio.',
    values: ['1280x720', '720x1280'],
  },
  seed: { description: 'An integer; the same one gives similar videos.' },
  generate_audio: { description: 'Whether it has sound.', values: ['true', 'false'] },
  watermark: { description: 'Whether the video gets a mark.', values: ['true', 'false'] },
};

const MODELS: readonly ModelDescription[] = [
  'dreamina-seedance-2-0-260128',
  'dreamina-seedance-2-0-fast-260128',
].map((id) => ({
  id,
  kind: 'video',
  ownedBy: 'bytedance',
  createdAt: OFFERED_SINCE,
  acceptsInputReference: true,
  parameters: PARAMETERS,
}));

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveArkOptions = (options: ArkOptions = {}): Required<ArkOptions> =>
  resolveProviderOptions(options, {
    baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
    models: MODELS,
  });
