import { CreateHookSecrets1764000080000 } from './1764000080000-create-hook-secrets.js';

/** Migrations of this part, oldest first. */
export const hookMigrations = [CreateHookSecrets1764000080000] as const;
