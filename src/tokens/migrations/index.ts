import { CreateTokens1764000002000 } from './1764000002000-create-tokens.js';
import { CreateTokenTransitions1764000008000 } from './1764000008000-create-token-transitions.js';
import { AddTokenQuota1764000009000 } from './1764000009000-add-token-quota.js';
import { AddTokenRates1764000012000 } from './1764000012000-add-token-rates.js';
import { AddTokenDays1764000020000 } from './1764000020000-add-token-days.js';
import { IndexTokenLabels1764000031000 } from './1764000031000-index-token-labels.js';
import { IndexTokenTransitions1764000036000 } from './1764000036000-index-token-transitions.js';
import { CreateTokenExports1764000050000 } from './1764000050000-create-token-exports.js';

/** In the order of their making. */
export const tokenMigrations = [
  CreateTokens1764000002000,
  CreateTokenTransitions1764000008000,
  AddTokenQuota1764000009000,
  AddTokenRates1764000012000,
  AddTokenDays1764000020000,
  IndexTokenLabels1764000031000,
  IndexTokenTransitions1764000036000,
  CreateTokenExports1764000050000,
] as const;
