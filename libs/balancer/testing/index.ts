export { aBalancer, type BalancerParts } from './a-balancer.js';
export { aLeaseRequest } from './a-lease-request.js';
export {
  aCandidate,
  describeBalancingStrategy,
  type FakeCandidate,
} from './balancing-strategy.conformance.js';
export { describeLeaseStore, type LeaseStoreHarness } from './lease-store.conformance.js';
export { RemoteLeaseStore, type RemoteLeaseStoreOptions } from './remote-lease-store.js';
