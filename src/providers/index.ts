export { BoundedCalls, type CallBounds } from './bounded-calls.js';
export { EdgeGate, type CallPlace } from './edge-gate.js';
export { failureOf } from './failure-of.js';
export { ProviderContextFactory, type ContextRequest } from './provider-context.factory.js';
export { ProvidersModule } from './providers.module.js';
export { ProxyGate } from './proxy-gate.js';
export { ProxyPool, ProxyRoutes, type RoutedToken } from './proxy-routes.js';
export { proxySettings } from './proxy.settings.js';
export { redactorOf, type Redact } from './redactor.js';
