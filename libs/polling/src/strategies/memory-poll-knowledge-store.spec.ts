import { describePollKnowledgeStore } from '../../testing/index.js';
import { MemoryPollKnowledgeStore } from './memory-poll-knowledge-store.js';

describePollKnowledgeStore('MemoryPollKnowledgeStore', () => new MemoryPollKnowledgeStore());
