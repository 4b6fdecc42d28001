import {
  resolveProviderOptions,
  type ModelDescription,
  type ParameterDescription,
  type ProviderOptions,
} from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 24) / 1000;

/** Options of `LumaModule.forRoot`. */
export type LumaOptions = ProviderOptions;

const VIDEO: Readonly<Record<string, ParameterDescription>> = {
  seconds: { description: 'Length of the video in seconds.', values: ['5', '9'], default: '5' },
  resolution: { description: 'Height of the video.', values: ['540p', '720p', '1080p', '4k'] },
  aspect_ratio: {
    description: 'Width to height.',
    values: ['1:1', '16:9', '9:16', '4:3', '3:4', '21:9', '9:21'],
    default: '16:9',
  },
  size: {
    description: 'Width x height in pixels, in place of resolution and aspect_ratio.',
    values: ['1280x720', '720x1280', '1920x1080', '1080x1920'],
  },
  loop: { description: 'Whether its end goes over into its beginning.', values: ['true', 'false'] },
};

const MODELS: readonly ModelDescription[] = ['ray-2', 'ray-flash-2'].map((id) => ({
  id,
  kind: 'video',
  ownedBy: 'luma',
  createdAt: OFFERED_SINCE,
  acceptsInputReference: true,
  parameters: VIDEO,
}));

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveLumaOptions = (options: LumaOptions = {}): Required<LumaOptions> =>
  resolveProviderOptions(options, { baseUrl: 'https://api.lumalabs.ai/dream-machine/v1', models: MODELS });
