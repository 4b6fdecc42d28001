import type { ModelDescription, ParameterDescription } from 'penstock/plugin-api';

/** A model of an upstream. What is left out is as OpenAI documents it for its own models. */
export interface VideoModel extends Partial<Omit<ModelDescription, 'kind'>> {
  readonly id: string;
}

/** Options of `OpenAiVideosModule.forRoot`. */
export interface OpenAiVideosOptions {
  /**
   * Where the API is, for tokens that name no base URL of their own; without a trailing slash.
   * @defaultValue `https://api.openai.com/v1`
   */
  readonly baseUrl?: string;
  /** The models that the upstream offers. @defaultValue the Sora models of OpenAI */
  readonly models?: readonly VideoModel[];
}

/** Options with every default filled in. */
export interface ResolvedOpenAiVideosOptions {
  readonly baseUrl: string;
  readonly models: readonly ModelDescription[];
}

/** The parameters of a video, as the OpenAI Videos API has them. */
const PARAMETERS: Readonly<Record<string, ParameterDescription>> = {
  size: {
    description: 'Width x height of the video in pixels.',
    values: ['720x1280', '1280x720', '1024x1792', '1792x1024'],
    default: '720x1280',
  },
  seconds: { description: 'Length of the video in seconds.', values: ['4', '8', '12'], default: '4' },
};

const OCTOBER_2025 = Date.UTC(2025, 9, 6) / 1000;
const DECEMBER_2025 = Date.UTC(2025, 11, 8) / 1000;

const SORA: readonly VideoModel[] = [
  { id: 'sora-2', createdAt: OCTOBER_2025 },
  { id: 'sora-2-pro', createdAt: OCTOBER_2025 },
  { id: 'sora-2-2025-10-06', createdAt: OCTOBER_2025 },
  { id: 'sora-2-pro-2025-10-06', createdAt: OCTOBER_2025 },
  { id: 'sora-2-2025-12-08', createdAt: DECEMBER_2025 },
];

/**
 * Fills in the defaults.
 *
 * @throws RangeError when `baseUrl` is no HTTP URL, or `models` is empty or names one twice
 */
export function resolveOpenAiVideosOptions(options: OpenAiVideosOptions = {}): ResolvedOpenAiVideosOptions {
  const { baseUrl = 'https://api.openai.com/v1', models = SORA } = options;
  if (!/^https?:\/\/[^/]/.test(baseUrl) || baseUrl.endsWith('/')) {
    throw new RangeError(
      `baseUrl must be an http(s) URL without a trailing slash, got ${JSON.stringify(baseUrl)}`,
    );
  }
  if (models.length === 0) throw new RangeError('models must name at least one model, got none');
  const ids = models.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw new RangeError(`models must have different ids, got ${JSON.stringify(twice)} twice`);
  return Object.freeze({ baseUrl, models: models.map(describe) });
}

const describe = (model: VideoModel): ModelDescription => ({
  ownedBy: 'openai',
  createdAt: 0,
  parameters: PARAMETERS,
  acceptsInputReference: true,
  ...model,
  kind: 'video',
});
