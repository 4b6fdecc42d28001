import {
  resolveProviderOptions,
  type ModelDescription,
  type ParameterDescription,
  type ProviderOptions,
} from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 30) / 1000;

/** Options of `OpenAiImagesModule.forRoot`. */
export type OpenAiImagesOptions = ProviderOptions;

const choice = (
  description: string,
  values: readonly string[],
  standard = values[0] ?? '',
): ParameterDescription => ({ description, values, default: standard });

const BACKGROUND = 'Transparent ones go with png and webp.';
const QUALITIES = ['auto', 'low', 'medium', 'high'];

const GPT_IMAGE_2: ModelDescription['parameters'] = {
  size: choice('Width x height in pixels.', [
    ...['auto', '1024x1024', '1536x1024', '1024x1536'],
    ...['2048x2048', '2048x1152', '3840x2160', '2160x3840'],
  ]),
  quality: choice('How much work goes into it.', QUALITIES),
  background: choice(BACKGROUND, ['auto', 'opaque']),
  output_format: choice('Format of the file.', ['png', 'jpeg', 'webp']),
  output_compression: { description: 'Of jpeg and webp, an integer from 0 to 100.', default: '100' },
  moderation: choice('How strictly content is filtered.', ['auto', 'low']),
};

const GPT_IMAGE_2_5: ModelDescription['parameters'] = {
  ...GPT_IMAGE_2,
  quality: choice('How much work goes into it.', [...QUALITIES, 'xhigh', 'max']),
  background: choice(BACKGROUND, ['auto', 'transparent', 'opaque']),
};

const GPT_IMAGE_2_6: ModelDescription['parameters'] = {
  ...GPT_IMAGE_2_5,
  complexity: choice('How much is planned before it is drawn.', ['low', 'medium', 'high'], 'high'),
};

const model = (id: string, parameters: ModelDescription['parameters']): ModelDescription => ({
  id,
  kind: 'image',
  ownedBy: 'openai',
  createdAt: OFFERED_SINCE,
  acceptsInputReference: false,
  parameters,
});

/** Those without an announced end; https://developers.openai.com/api/docs/deprecations */
const MODELS: readonly ModelDescription[] = [
  model('gpt-image-2.6-sunburst', GPT_IMAGE_2_6),
  model('gpt-image-2.6-flare', GPT_IMAGE_2_6),
  model('gpt-image-2.5-sunburst', GPT_IMAGE_2_5),
  model('gpt-image-2.5-flare', GPT_IMAGE_2_5),
  model('gpt-image-2', GPT_IMAGE_2),
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveOpenAiImagesOptions = (
  options: OpenAiImagesOptions = {},
): Required<OpenAiImagesOptions> =>
  resolveProviderOptions(options, { baseUrl: 'https://api.openai.com/v1', models: MODELS });
