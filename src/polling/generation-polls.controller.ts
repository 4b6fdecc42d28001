import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PollJournal, PollScheduler, type PollReport } from 'penstock/polling';

import { RequireScope } from '../auth/index.js';
import { GenerationStore } from '../generations/generation-store.js';
import { GenerationError } from '../generations/generation.errors.js';
import { ApiErrors } from '../openapi/index.js';
import { generationPollsSchema, type GenerationPollsView } from './generation-polls.schemas.js';

/** Why a generation was polled when. */
@ApiTags('Admin: polling')
@RequireScope('admin')
@Controller('admin/generations')
export class GenerationPollsController {
  constructor(
    private readonly store: GenerationStore,
    private readonly journal: PollJournal,
    private readonly scheduler: PollScheduler,
  ) {}

  @Get(':id/polls')
  @ApiOperation({ summary: 'List the last polls of a generation, with why each was when.' })
  @ApiResponse({ status: 200, standardSchema: generationPollsSchema })
  @ApiErrors(401, 403, 404, 503)
  async polls(@Param('id') id: string): Promise<GenerationPollsView> {
    const generation = await this.store.find(id);
    if (generation === null) throw GenerationError.notFound(id);
    const { total, polls } = this.journal.of(id) ?? { total: 0, polls: [] };
    const nextAt = this.scheduler.nextPollAt(id);
    const nextPollAt = nextAt === null ? null : instantOf(nextAt);
    return { id, status: generation.status, nextPollAt, total, data: polls.map(viewOf) };
  }
}

function viewOf({ plannedAt, startedAt, endedAt, ...poll }: PollReport): GenerationPollsView['data'][number] {
  const { reason, heldBy, outcome, progress } = poll;
  const times = {
    plannedAt: instantOf(plannedAt),
    startedAt: instantOf(startedAt),
    endedAt: instantOf(endedAt),
  };
  return { ...times, reason, heldBy, outcome, progress };
}

const instantOf = (at: number): string => new Date(at).toISOString();
