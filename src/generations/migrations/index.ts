import { CreateGenerations1764000003000 } from './1764000003000-create-generations.js';
import { CreateRetiredJobs1764000015000 } from './1764000015000-create-retired-jobs.js';
import { AddGenerationEvents1764000045000 } from './1764000045000-add-generation-events.js';
import { AddGenerationTrace1764000110000 } from './1764000110000-add-generation-trace.js';
import { AddGenerationPriority1764000120000 } from './1764000120000-add-generation-priority.js';

/** Migrations of this part, oldest first. */
export const generationMigrations = [
  CreateGenerations1764000003000,
  CreateRetiredJobs1764000015000,
  AddGenerationEvents1764000045000,
  AddGenerationTrace1764000110000,
  AddGenerationPriority1764000120000,
];
