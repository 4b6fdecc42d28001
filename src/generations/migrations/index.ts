import { CreateGenerations1764000003000 } from './1764000003000-create-generations.js';
import { CreateRetiredJobs1764000015000 } from './1764000015000-create-retired-jobs.js';
import { AddGenerationEvents1764000045000 } from './1764000045000-add-generation-events.js';

/** Migrations of this part, oldest first. */
export const generationMigrations = [
  CreateGenerations1764000003000,
  CreateRetiredJobs1764000015000,
  AddGenerationEvents1764000045000,
];
