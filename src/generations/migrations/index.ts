import { CreateGenerations1764000003000 } from './1764000003000-create-generations.js';

/** Migrations of this part, oldest first. */
export const generationMigrations = [CreateGenerations1764000003000];
