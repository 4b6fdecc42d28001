export { AdmissionQueue } from './admission/admission-queue.js';
export type { AdmissionStats, EntryOptions, PriorityStats, Returning } from './admission/admission-queue.js';
export { PRIORITIES, type Priority } from './admission/priority.js';
export type { Ticket } from './admission/ticket.js';
export type { Asked } from './admission/turn.js';
export { Balancer, type Acquisition, type BalancerStats } from './balancer.js';
export { BalancerError, type BalancerErrorCode } from './balancer.errors.js';
export { BalancerModule } from './balancer.module.js';
export type { BalancerModuleExtras } from './balancer.module-definition.js';
export { resolveBalancerOptions } from './balancer.options.js';
export type { BalancerOptions, BalancerSettings, StrategyOptions } from './balancer.options.js';
export { BalancingStrategyPlugin } from './balancing-strategy.decorator.js';
export {
  type Lease,
  type LeaseBound,
  type LeaseBounds,
  type LeaseClaim,
  type LeaseRequest,
  type LeaseScope,
} from './lease.js';
export type { BalancerLimits, SharedLimits } from './limits.js';
export { ModelStrategies } from './model-strategies.js';
export { BalancingStrategy, type Candidate, type Selection } from './ports/balancing-strategy.js';
export { ClearEdges, EdgeView } from './ports/edge-view.js';
export { type LeaseListener, LeaseStore } from './ports/lease-store.js';
export { StrategySource } from './ports/strategy-source.js';
export { RankedSelection } from './selection/ranked-selection.js';
export { SampledSelection } from './selection/sampled-selection.js';
export { InMemoryLeaseStore } from './strategies/in-memory-lease-store.js';
export { PowerOfTwoChoices } from './strategies/power-of-two-choices.js';
export type { TokenVerdict, Verdict } from './verdict.js';
