import { DiscoveryService } from '@nestjs/core';

/** How a part is. `degraded`: it works, but not as it should; requests are still welcome. */
export interface HealthReport {
  readonly status: 'up' | 'degraded' | 'down';
  /** For operators: numbers and reasons. Never a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Port: a part of the application that knows how it is. */
export interface HealthContributor {
  /** A rejection counts as `down`, and so does taking longer than 5 s. */
  check(): Promise<HealthReport> | HealthReport;
}

/**
 * Marks a Nest provider that implements {@link HealthContributor}; the value names it in the details of
 * `GET /health/ready`. Names are unique.
 */
export const ContributesHealth = DiscoveryService.createDecorator<string>();
