import { CreateTokens1764000002000 } from './1764000002000-create-tokens.js';

/** In the order of their making. */
export const tokenMigrations = [CreateTokens1764000002000] as const;
