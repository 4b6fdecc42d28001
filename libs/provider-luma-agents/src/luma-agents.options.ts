import { resolveProviderOptions, type ModelDescription, type ProviderOptions } from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 30) / 1000;

/** Options of `LumaAgentsModule.forRoot`. */
export type LumaAgentsOptions = ProviderOptions;

const SWITCH = ['true', 'false'];

/** By the guide and, for 360p, https://github.com/lumalabs/luma-agents-cli/blob/main/pkg/cmd/generation.go */
const VIDEO: ModelDescription['parameters'] = {
  seconds: {
    description: 'Length of the video in seconds; 10 goes without an image, loop and hdr.',
    values: ['5', '10'],
    default: '5',
  },
  resolution: {
    description: 'Height of the video.',
    values: ['360p', '540p', '720p', '1080p'],
    default: '720p',
  },
  aspect_ratio: {
    description: 'Width to height; the model picks one when it is left out.',
    values: ['9:16', '3:4', '1:1', '4:3', '16:9', '21:9'],
  },
  size: {
    description: 'Width x height in pixels, in place of resolution and aspect_ratio.',
    values: ['1280x720', '720x1280', '1920x1080', '1080x1920'],
  },
  loop: { description: 'Whether its end goes over into its beginning.', values: SWITCH },
  hdr: { description: 'Whether it has a high dynamic range; with 720p and 1080p.', values: SWITCH },
};

const IMAGE: ModelDescription['parameters'] = {
  aspect_ratio: {
    description: 'Width to height; the model picks one when it is left out.',
    values: ['3:1', '2:1', '16:9', '3:2', '1:1', '2:3', '9:16', '1:2', '1:3'],
  },
  style: { description: 'A preset.', values: ['auto', 'manga'], default: 'auto' },
  output_format: {
    description: 'Format of the file; the model picks one when it is left out.',
    values: ['png', 'jpeg'],
  },
  web_search: { description: 'Whether it looks for pictures on the web first.', values: SWITCH },
};

const model = (
  id: string,
  kind: 'video' | 'image',
  parameters: ModelDescription['parameters'],
): ModelDescription => ({
  id,
  kind,
  ownedBy: 'luma',
  createdAt: OFFERED_SINCE,
  acceptsInputReference: true,
  parameters,
});

const MODELS: readonly ModelDescription[] = [
  model('ray-3.2', 'video', VIDEO),
  model('uni-1', 'image', IMAGE),
  model('uni-1-max', 'image', IMAGE),
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveLumaAgentsOptions = (options: LumaAgentsOptions = {}): Required<LumaAgentsOptions> =>
  resolveProviderOptions(options, { baseUrl: 'https://agents.lumalabs.ai/v1', models: MODELS });
