import { CreatePollKnowledge1764000006000 } from './1764000006000-create-poll-knowledge.js';

/** In the order of their making. */
export const pollingMigrations = [CreatePollKnowledge1764000006000] as const;
