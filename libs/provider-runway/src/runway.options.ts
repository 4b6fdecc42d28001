import {
  resolveProviderOptions,
  type ModelDescription,
  type ParameterDescription,
  type ProviderOptions,
} from 'penstock/plugin-api';

/** In seconds since 1970; when each model came out is not documented. */
const OFFERED_SINCE = Date.UTC(2026, 10, 24) / 1000;

/** Options of `RunwayModule.forRoot`. */
export type RunwayOptions = ProviderOptions;

const seconds = (values: readonly string[], usual: string): ParameterDescription => ({
  description: 'Length of the video in seconds.',
  values,
  default: usual,
});
const size = (...values: readonly string[]): ParameterDescription => ({
  description: 'Width x height of the video in pixels.',
  values,
  default: '1280x720',
});
const seed: ParameterDescription = { description: 'An integer; the same one gives similar videos.' };
const audio: ParameterDescription = { description: 'Whether it has sound.', values: ['true', 'false'] };

const model = (id: string, parameters: ModelDescription['parameters']): ModelDescription => ({
  id,
  kind: 'video',
  ownedBy: 'runway',
  createdAt: OFFERED_SINCE,
  acceptsInputReference: true,
  parameters,
});

const LARGE = ['1280x720', '720x1280', '1920x1080', '1080x1920'];
const VEO = { seconds: seconds(['4', '6', '8'], '8'), size: size(...LARGE), audio };

const MODELS: readonly ModelDescription[] = [
  model('gen4.5', {
    seconds: seconds(['2', '3', '4', '5', '6', '7', '8', '9', '10'], '5'),
    size: size('1280x720', '720x1280'),
    seed,
  }),
  model('veo3.1', VEO),
  model('veo3.1_fast', VEO),
  model('veo3', { seconds: seconds(['8'], '8'), size: size(...LARGE) }),
];

/** Fills in the defaults. @throws RangeError when `baseUrl` or `models` is wrong */
export const resolveRunwayOptions = (options: RunwayOptions = {}): Required<RunwayOptions> =>
  resolveProviderOptions(options, { baseUrl: 'https://api.dev.runwayml.com/v1', models: MODELS });
