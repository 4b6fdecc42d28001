import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PollKnowledgeStore } from 'penstock/polling';

import { DatabasePollKnowledgeStore } from './database-poll-knowledge-store.js';
import { PollKnowledgeRow } from './poll-knowledge.entity.js';

/** Where strategies keep what they have learned: what `PollingModule` imports for its `PollKnowledgeStore`. */
@Module({
  imports: [TypeOrmModule.forFeature([PollKnowledgeRow])],
  providers: [{ provide: PollKnowledgeStore, useClass: DatabasePollKnowledgeStore }],
  exports: [PollKnowledgeStore],
})
export class PollKnowledgeModule {}
