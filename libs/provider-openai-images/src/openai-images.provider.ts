import {
  classifyOpenAiFailure,
  classifyVerification,
  jobSnapshot,
  PLUGIN_API_VERSION,
  ProviderError,
  ProviderPlugin,
  typedParameters,
  verifyBy,
  type JobSnapshot,
  type JsonAnswer,
  type Provider,
  type ProviderContext,
  type ProviderManifest,
  type ProviderRequest,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
} from 'penstock/plugin-api';

import { readImages } from './images.js';
import { resolveOpenAiImagesOptions, type OpenAiImagesOptions } from './openai-images.options.js';

/** An image of 3840 x 2160 as PNG has up to some 30 MB, and base64 makes four bytes of three. */
const ANSWER_BYTES = 48 * 1024 * 1024;
/** "Complex prompts may take up to 2 minutes", and an answer that is not waited for is paid and lost. */
const SUBMIT_TIMEOUT_MS = 5 * 60_000;

/** What the provider says of itself. */
export const manifestOf = ({ baseUrl, models }: Required<OpenAiImagesOptions>): ProviderManifest => ({
  name: 'openai-images',
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['image'],
  models,
  baseUrl,
  submitTimeoutMs: SUBMIT_TIMEOUT_MS,
});

/**
 * The OpenAI Images API. Its answer is the image: a submission ends at once, there is no job to ask for, and none that
 * could be found again. The upstream names no job either, so its id is that of the attempt.
 */
@ProviderPlugin(manifestOf(resolveOpenAiImagesOptions()))
export class OpenAiImagesProvider implements Provider {
  async submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob> {
    const { model, prompt, parameters, inputReference, attemptId } = request;
    if (inputReference !== null) throw takesNoReference();
    const json = { model, prompt, n: 1, ...typedParameters(parameters, TYPES) };
    const bounds = { answerBytes: ANSWER_BYTES, timeoutMs: SUBMIT_TIMEOUT_MS };
    const call = { method: 'POST', path: '/images/generations', body: { json }, ...bounds } as const;
    const { body } = await ask(context, call);
    return readImages(body, attemptId, parameters['output_format'] ?? 'png');
  }

  /** What was submitted has ended, and the upstream keeps nothing. */
  poll(): Promise<JobSnapshot> {
    return Promise.resolve(jobSnapshot('not_found'));
  }

  verify(context: ProviderContext): Promise<Verification> {
    const request = { method: 'GET', path: '/models', classify: classifyVerification } as const;
    return verifyBy(() => ask(context, request), 'The upstream lists the models.');
  }
}

const TYPES = { output_compression: 'integer' } as const;

const takesNoReference = (): ProviderError =>
  new ProviderError(
    { kind: 'invalid_request', param: 'inputReference' },
    'The input reference: images are made from text alone here. Leave it out.',
  );

function ask({ http, secret }: ProviderContext, request: ProviderRequest): Promise<JsonAnswer> {
  const headers = { authorization: `Bearer ${secret}` };
  return http.json({ classify: classifyOpenAiFailure, ...request, headers });
}
