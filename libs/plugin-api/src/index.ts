export type { JsonObject, JsonValue } from 'penstock/kernel';
export {
  AssetSink,
  type AssetSinkOptions,
  type AssetStorage,
  type SinkRange,
  type SinkWrite,
  type StoredContent,
} from './asset-sink.decorator.js';
export { classifyAnswer } from './classify-answer.js';
export {
  ClearanceSource,
  type ClearanceGiver,
  type ClearanceQuestion,
  type ClearanceSourceOptions,
  type GivenClearance,
} from './clearance-source.decorator.js';
export { edgeChallengeIn } from './edge-challenge.js';
export { downloadFrom } from './download-from.js';
export { fileAssets, fileUrl } from './file-assets.js';
export { jobSnapshot } from './job-snapshot.js';
export type {
  Download,
  DownloadRequest,
  InputReference,
  JobAsset,
  JobReference,
  JobSnapshot,
  LostAttempt,
  Quota,
  Reconciliation,
  RefreshedCredential,
  SubmitRequest,
  SubmittedJob,
  Verification,
  WebhookEvent,
  WebhookRequest,
} from './job.js';
export {
  PLUGIN_API_VERSION,
  type Kind,
  type ModelDescription,
  type ParameterDescription,
  type ProviderManifest,
} from './manifest.js';
export { refreshByOAuth2, type OAuth2Client } from './oauth2.js';
export { classifyOpenAiFailure } from './openai-failure.js';
export type { ProviderContext, ProviderLogger, RefreshContext } from './provider-context.js';
export { ProviderError, type ProviderFailure, type ProviderFailureKind } from './provider-failure.js';
export type {
  JsonAnswer,
  ProviderHttp,
  ProviderRequest,
  ProviderRequestBody,
  StreamAnswer,
  UpstreamAnswer,
} from './provider-http.js';
export { resolveProviderOptions, type ProviderOptions } from './provider-options.js';
export { ProviderPlugin } from './provider-plugin.decorator.js';
export { parseRetryAfter, retryAfterOf } from './retry-after.js';
export { CAPABILITIES, type Capability, type PluginLifecycle, type Provider } from './provider.js';
export { referenceUrl, type ReferenceUrlOptions } from './reference-url.js';
export { toDownload } from './to-download.js';
export { typedParameters, type ParameterType } from './typed-parameters.js';
export { classifyVerification, verifyBy } from './verify-by.js';
