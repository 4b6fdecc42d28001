export { describeAssetSink, type AssetSinkContract } from './describe-asset-sink.js';
export {
  describeProviderHttp,
  type ProviderHttpContract,
  type ProviderHttpTarget,
} from './describe-provider-http.js';
export { describeProvider } from './describe-provider.js';
export { CONTRACT_REQUEST, type ProviderContract } from './provider-contract.js';
export { type Answer, type Exchange, RecordedRequest, type Reply, type Route } from './reply.js';
export { ScriptedUpstream } from './scripted-upstream.js';
export {
  createTestContext,
  type LogLine,
  type TestContext,
  type TestContextOptions,
} from './test-context.js';
