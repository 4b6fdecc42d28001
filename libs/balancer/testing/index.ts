export { aLeaseRequest } from './a-lease-request.js';
export { aCandidate, describeBalancingStrategy, FakePool } from './balancing-strategy.conformance.js';
export { describeLeaseStore } from './lease-store.conformance.js';
export { RemoteLeaseStore, type RemoteLeaseStoreOptions } from './remote-lease-store.js';
