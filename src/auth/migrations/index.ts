import { CreateApiKeys1764000001000 } from './1764000001000-create-api-keys.js';
import { AddKeyLimits1764000071000 } from './1764000071000-add-key-limits.js';
import { AddKeyPriority1764000121000 } from './1764000121000-add-key-priority.js';

/** In the order of their making. */
export const authMigrations = [
  CreateApiKeys1764000001000,
  AddKeyLimits1764000071000,
  AddKeyPriority1764000121000,
] as const;
