export type { Query } from './address.js';
export { type Lane, SessionPool, type SessionKey, type SessionStats } from './session-pool.js';
export type { UpstreamBody } from './encode-body.js';
export { UpstreamClient, type UpstreamRequest } from './upstream-client.js';
export { UpstreamError, type Sent, type UpstreamErrorCode } from './upstream.errors.js';
export { UpstreamModule } from './upstream.module.js';
export {
  resolveUpstreamOptions,
  type ResolvedUpstreamOptions,
  type UpstreamOptions,
} from './upstream.options.js';
export { UpstreamResponse } from './upstream-response.js';
