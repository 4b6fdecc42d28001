import {
  resolveProviderOptions,
  type ModelDescription,
  type ParameterDescription,
  type ParameterType,
  type ProviderOptions,
} from 'penstock/plugin-api';

/** A model of fal; `id` is `owner/app`, with a path where it has one. Its parameters are the fields of its input. */
export interface FalModel extends ModelDescription {
  /** Fields of the input that are no texts. */
  readonly types?: Readonly<Record<string, ParameterType>>;
  /** The field that takes the reference image, such as `image_url`. */
  readonly imageField?: string;
  /** What follows the number of `seconds` in the field `duration`, such as `s`. */
  readonly secondsUnit?: string;
}

/** Options of `FalModule.forRoot`. */
export type FalOptions = ProviderOptions<FalModel>;

/** In seconds since 1970; when fal began to offer each model is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 24) / 1000;

const seconds = (values: readonly string[], usual: string): ParameterDescription => ({
  description: 'Length of the video in seconds.',
  values,
  default: usual,
});
const size: ParameterDescription = {
  description: 'Width x height of the video in pixels.',
  values: ['1280x720', '720x1280', '1920x1080', '1080x1920'],
  default: '1280x720',
};

const MODELS: readonly FalModel[] = [
  {
    id: 'fal-ai/veo3',
    kind: 'video',
    ownedBy: 'fal',
    createdAt: OFFERED_SINCE,
    parameters: {
      seconds: seconds(['4', '6', '8'], '8'),
      size,
      negative_prompt: { description: 'What is not to be seen.' },
      seed: { description: 'An integer; the same one gives similar videos.' },
      generate_audio: { description: 'Whether it has sound.', values: ['true', 'false'], default: 'true' },
    },
    acceptsInputReference: false,
    types: { seed: 'integer', generate_audio: 'boolean' },
    secondsUnit: 's',
  },
  {
    id: 'fal-ai/flux/dev',
    kind: 'image',
    ownedBy: 'fal',
    createdAt: OFFERED_SINCE,
    parameters: {
      image_size: {
        description: 'Shape of the image.',
        values: ['square_hd', 'square', 'portrait_4_3', 'portrait_16_9', 'landscape_4_3', 'landscape_16_9'],
        default: 'landscape_4_3',
      },
      seed: { description: 'An integer; the same one gives the same image.' },
    },
    acceptsInputReference: false,
    types: { seed: 'integer' },
  },
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong, or an id is not `owner/app` */
export function resolveFalOptions(options: FalOptions = {}): Required<FalOptions> {
  const resolved = resolveProviderOptions(options, { baseUrl: 'https://queue.fal.run', models: MODELS });
  const wrong = resolved.models.find(({ id }) => !/^[\w.-]+(\/[\w.-]+)+$/.test(id));
  if (wrong !== undefined) {
    throw new RangeError(
      `The id of a model must be owner/app, or owner/app/path, got ${JSON.stringify(wrong.id)}`,
    );
  }
  return resolved;
}
