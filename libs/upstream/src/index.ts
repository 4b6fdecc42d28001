export type { Query } from './address.js';
export {
  headersOfClearance,
  problemsOfClearance,
  type Clearance,
  type ClearanceProblem,
} from './edge/clearance.js';
export { EdgeError, type EdgeErrorCode } from './edge/edge.errors.js';
export { resolveEdgeOptions, type EdgeOptions, type ResolvedEdgeOptions } from './edge/edge.options.js';
export type { EdgeCondition, EdgeEvidence, EdgeSnapshot, EdgeWay } from './edge/edge-snapshot.js';
export { EdgeStates, type EdgeListener } from './edge/edge-states.js';
export type { Passage, PassageEnd } from './edge/passage.js';
export { UrlGuard, type Resolve } from './guard/url-guard.js';
export type { UrlPolicy } from './guard/url-policy.js';
export { GuardedClient, type GuardedClientOptions, type GuardedRequest } from './guard/guarded-client.js';
export {
  ClearanceDesk,
  EmptyClearanceDesk,
  type ClearanceRequest,
  type GivenClearance,
} from './ports/clearance-desk.js';
export { EdgeProbe, type ProbeRequest } from './ports/edge-probe.js';
export { ProxyProbe, type ProxyProbeRequest } from './ports/proxy-probe.js';
export { parseProxyLine } from './proxy/proxy-line.js';
export type { ProxyEnd, ProxySnapshot } from './proxy/proxy-state.js';
export {
  ProxyStates,
  type ProxyListener,
  type ProxyPassage,
  type ProxyRequest,
} from './proxy/proxy-states.js';
export { ProxyError, type ProxyErrorCode } from './proxy/proxy.errors.js';
export { shownProxy } from './proxy/shown-proxy.js';
export { TunnelProbe } from './proxy/tunnel-probe.js';
export {
  type Lane,
  SessionPool,
  type SessionKey,
  type SessionStats,
  type SessionView,
} from './session-pool.js';
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
