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

const GPT_IMAGE: ModelDescription['parameters'] = {
  size: choice('Width x height in pixels.', ['auto', '1024x1024', '1536x1024', '1024x1536']),
  quality: choice('How much work goes into it.', ['auto', 'low', 'medium', 'high']),
  background: choice('Transparent ones go with png and webp.', ['auto', 'transparent', 'opaque']),
  output_format: choice('Format of the file.', ['png', 'jpeg', 'webp']),
  output_compression: { description: 'Of jpeg and webp, an integer from 0 to 100.', default: '100' },
  moderation: choice('How strictly content is filtered.', ['auto', 'low']),
};

const DALL_E_3: ModelDescription['parameters'] = {
  size: choice('Width x height in pixels.', ['1024x1024', '1792x1024', '1024x1792']),
  quality: choice('How much work goes into it.', ['standard', 'hd']),
  style: choice('Vivid is dramatic, natural is less so.', ['vivid', 'natural']),
};

const model = (id: string, parameters: ModelDescription['parameters']): ModelDescription => ({
  ...{ id, kind: 'image', ownedBy: 'openai', createdAt: OFFERED_SINCE, acceptsInputReference: false },
  parameters,
});

const MODELS: readonly ModelDescription[] = [
  model('gpt-image-1', GPT_IMAGE),
  model('gpt-image-1-mini', GPT_IMAGE),
  model('dall-e-3', DALL_E_3),
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveOpenAiImagesOptions = (
  options: OpenAiImagesOptions = {},
): Required<OpenAiImagesOptions> =>
  resolveProviderOptions(options, { baseUrl: 'https://api.openai.com/v1', models: MODELS });
