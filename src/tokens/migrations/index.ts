import { CreateTokens1764000002000 } from './1764000002000-create-tokens.js';
import { AddTokenRates1764000012000 } from './1764000012000-add-token-rates.js';

/** In the order of their making. */
export const tokenMigrations = [CreateTokens1764000002000, AddTokenRates1764000012000] as const;
