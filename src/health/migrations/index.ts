import { CreateHealthProbes1764000004000 } from './1764000004000-create-health-probes.js';

/** In the order of their making. */
export const healthMigrations = [CreateHealthProbes1764000004000] as const;
