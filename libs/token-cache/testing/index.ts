export { aToken } from './a-token.js';
export { FakeTokenSource } from './fake-token-source.js';
export { loadedTokenCache } from './loaded-token-cache.js';
export { describeTokenSource, type TokenSourceHarness } from './token-source.conformance.js';
