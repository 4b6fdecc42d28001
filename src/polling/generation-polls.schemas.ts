import { z } from 'zod';

const instant = z.iso.datetime();

const pollSchema = z
  .object({
    plannedAt: instant.meta({ description: 'When it was due.' }),
    startedAt: instant,
    endedAt: instant,
    reason: z
      .enum([
        ...(['first', 'plan', 'safety_net', 'upstream_wish', 'back_off', 'retry_after'] as const),
        ...(['left_out', 'wake', 'callback', 'list'] as const),
      ])
      .meta({ description: 'Why it was due then; list: it went along with another one of its token.' }),
    heldBy: z
      .enum(['budget', 'retry_after', 'slots'])
      .nullable()
      .meta({ description: 'What it waited for once it was due; null: it did not wait.' }),
    outcome: z
      .enum(['pending', 'completed', 'failed', 'ended', 'error', 'left_out'])
      .meta({ description: 'ended: cancelled or lost; left_out: a list did not show it.' }),
    progress: z.number().nullable().meta({ description: 'What a pending answer said, in percent.' }),
  })
  .meta({ id: 'Poll' });

/** The answer of `GET /admin/generations/{id}/polls`. */
export const generationPollsSchema = z
  .object({
    id: z.string(),
    status: z.string().meta({ description: 'Of the generation.', example: 'in_progress' }),
    nextPollAt: instant.nullable().meta({ description: 'null: no poll is planned.' }),
    total: z.int().min(0).meta({ description: 'Polls of this process, those not shown any more included.' }),
    data: z.array(pollSchema).meta({ description: 'The last ones, oldest first.' }),
  })
  .meta({ id: 'GenerationPolls' });

export type GenerationPollsView = z.output<typeof generationPollsSchema>;
