import {
  resolveProviderOptions,
  type ModelDescription,
  type ParameterDescription,
  type ProviderOptions,
} from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 24) / 1000;

/** Options of `DashScopeModule.forRoot`. */
export type DashScopeOptions = ProviderOptions;

const switchOf = (description: string): ParameterDescription => ({
  description,
  values: ['true', 'false'],
});

const COMMON: Readonly<Record<string, ParameterDescription>> = {
  watermark: switchOf('Whether the video gets a mark.'),
  prompt_extend: switchOf('Whether the prompt is rewritten.'),
  negative_prompt: { description: 'What the video shall not show.' },
  seed: { description: 'An integer; the same one gives similar videos.' },
};

const seconds = (...values: readonly string[]): ParameterDescription => ({
  description: 'Length of the video in seconds.',
  values,
  default: '5',
});
const size: ParameterDescription = {
  description: 'Width x height of the video in pixels.',
  values: ['1280x720', '720x1280', '960x960', '1920x1080', '1080x1920', '1440x1440'],
  default: '1920x1080',
};
const resolution: ParameterDescription = {
  description: 'Height of the video.',
  values: ['720P', '1080P'],
  default: '1080P',
};

const model = (
  id: string,
  parameters: ModelDescription['parameters'],
  acceptsInputReference: boolean,
): ModelDescription => ({
  id,
  kind: 'video',
  ownedBy: 'alibaba',
  createdAt: OFFERED_SINCE,
  parameters: { ...parameters, ...COMMON },
  acceptsInputReference,
});

/** Of Wan 2.7, as far as https://github.com/dashscope/dashscope-sdk-python/blob/main/dashscope/aigc/video_synthesis.py has them. */
const SHAPE: Readonly<Record<string, ParameterDescription>> = {
  seconds: { description: 'Length of the video in whole seconds.', default: '5' },
  resolution: { description: 'Height of the video.', values: ['720P', '1080P'] },
};
const RATIO: Readonly<Record<string, ParameterDescription>> = {
  ratio: { description: 'Width to height, such as 16:9 or 9:16.' },
  size: {
    description: 'Width x height in pixels, in place of resolution and ratio.',
    values: ['1280x720', '720x1280', '1920x1080', '1080x1920'],
  },
};

const MODELS: readonly ModelDescription[] = [
  model('wan2.6-t2v', { seconds: seconds('5', '10', '15'), size }, false),
  model('wan2.5-t2v-preview', { seconds: seconds('5', '10'), size }, false),
  model('wan2.6-i2v', { seconds: seconds('5', '10', '15'), resolution }, true),
  model('wan2.5-i2v-preview', { seconds: seconds('5', '10'), resolution }, true),
  model('wan2.7-t2v', { ...SHAPE, ...RATIO }, false),
  model('wan2.7-i2v', SHAPE, true),
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveDashScopeOptions = (options: DashScopeOptions = {}): Required<DashScopeOptions> =>
  resolveProviderOptions(options, { baseUrl: 'https://dashscope-intl.aliyuncs.com/api/v1', models: MODELS });
