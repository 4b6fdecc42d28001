import { CreateUsage1764000070000 } from './1764000070000-create-usage.js';

/** Migrations of this part, oldest first. */
export const usageMigrations = [CreateUsage1764000070000];
