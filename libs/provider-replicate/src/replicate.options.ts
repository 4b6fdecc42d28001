import {
  resolveProviderOptions,
  type ModelDescription,
  type ParameterType,
  type ProviderOptions,
} from 'penstock/plugin-api';

/** A model of Replicate; `id` is `owner/name`. Its parameters are the fields of its input. */
export interface ReplicateModel extends ModelDescription {
  /** Fields of the input that are no texts. */
  readonly types?: Readonly<Record<string, ParameterType>>;
  /** The field of the input that takes the reference image, such as `first_frame_image`. */
  readonly imageField?: string;
}

/** Options of `ReplicateModule.forRoot`. */
export type ReplicateOptions = ProviderOptions<ReplicateModel>;

/** In seconds since 1970; when the model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 30) / 1000;

const RATIOS = ['1:1', '16:9', '21:9', '3:2', '2:3', '4:5', '5:4', '3:4', '4:3', '9:16', '9:21'];

const OPTIMIZER = {
  prompt_optimizer: { description: 'Rewrites the prompt.', values: ['true', 'false'], default: 'true' },
};

const MODELS: readonly ReplicateModel[] = [
  {
    id: 'minimax/video-01',
    kind: 'video',
    ownedBy: 'minimax',
    createdAt: Date.UTC(2024, 10, 26) / 1000,
    parameters: OPTIMIZER,
    acceptsInputReference: true,
    types: { prompt_optimizer: 'boolean' },
    imageField: 'first_frame_image',
  },
  {
    id: 'minimax/hailuo-2.3',
    kind: 'video',
    ownedBy: 'minimax',
    createdAt: OFFERED_SINCE,
    parameters: {
      duration: {
        description: 'Length of the video in seconds; 10 goes with 768p only.',
        values: ['6', '10'],
        default: '6',
      },
      resolution: { description: 'Height of the video.', values: ['768p', '1080p'], default: '768p' },
      ...OPTIMIZER,
    },
    acceptsInputReference: true,
    types: { duration: 'integer', prompt_optimizer: 'boolean' },
    imageField: 'first_frame_image',
  },
  {
    id: 'black-forest-labs/flux-schnell',
    kind: 'image',
    ownedBy: 'black-forest-labs',
    createdAt: Date.UTC(2024, 6, 30) / 1000,
    parameters: {
      aspect_ratio: { description: 'Width to height.', values: RATIOS, default: '1:1' },
      output_format: { description: 'Type of the file.', values: ['webp', 'jpg', 'png'], default: 'webp' },
      seed: { description: 'An integer; the same one gives the same image.' },
    },
    acceptsInputReference: false,
    types: { seed: 'integer' },
  },
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong, or an id is not `owner/name` */
export function resolveReplicateOptions(options: ReplicateOptions = {}): Required<ReplicateOptions> {
  const resolved = resolveProviderOptions(options, {
    baseUrl: 'https://api.replicate.com/v1',
    models: MODELS,
  });
  const wrong = resolved.models.find(({ id }) => !/^[\w.-]+\/[\w.-]+$/.test(id));
  if (wrong !== undefined) {
    throw new RangeError(`The id of a model must be owner/name, got ${JSON.stringify(wrong.id)}`);
  }
  return resolved;
}
