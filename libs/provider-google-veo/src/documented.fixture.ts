// Answers in the shapes that Google documents, with ids of our own:
// https://ai.google.dev/gemini-api/docs/video and, with the answers that it got,
// https://github.com/google-gemini/cookbook/blob/main/quickstarts/Get_started_Veo_REST.ipynb

/** The answer to a submission, and an operation that is under way. */
export const STARTED = { name: 'models/veo-3.1-generate-preview/operations/321kvdcepmcg' };

const done = (generateVideoResponse: Record<string, unknown>) => ({
  ...STARTED,
  done: true,
  response: {
    '@type': 'type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse',
    generateVideoResponse: generateVideoResponse as { readonly [name: string]: never },
  },
});

/** An operation that made a video. */
export const DONE = done({
  generatedSamples: [
    {
      video: {
        uri: 'https://generativelanguage.googleapis.com/v1beta/files/qu4d28uipuqh:download?alt=media',
      },
    },
  ],
});

/** One whose video the filters of Responsible AI took out; the fields are those of `GenerateVideosResponse` of the SDKs. */
export const FILTERED = done({
  raiMediaFilteredCount: 1,
  raiMediaFilteredReasons: [
    'We encountered an issue with the audio for your prompt. You have not been charged.',
  ],
});

/** One that failed, by google.rpc.Status. */
export const FAILED = { ...STARTED, done: true, error: { code: 13, message: 'Internal error.' } };

/** A refusal, by https://ai.google.dev/gemini-api/docs/troubleshooting and google/rpc/error_details.proto. */
export const refusal = (code: number, status: string, ...details: readonly Record<string, unknown>[]) => ({
  status: code,
  json: { error: { code, message: 'Refused.', status, details: details as readonly never[] } },
});

export const RETRY_INFO = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '36.5s' };

/** What ran out, by its `quotaId`. */
export const quotaFailure = (quotaId: string, quotaValue = '10') => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [
    {
      quotaMetric: 'generativelanguage.googleapis.com/predict_long_running_requests',
      quotaId,
      quotaDimensions: { location: 'global', model: 'veo-3.1-generate-preview' },
      quotaValue,
    },
  ],
});

/** Of a key that is none. */
export const KEY_INVALID = refusal(400, 'INVALID_ARGUMENT', {
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: 'API_KEY_INVALID',
  domain: 'googleapis.com',
});
