import { z } from 'zod';

const trait = z.string().nullable();
const milliseconds = z.int().min(0);

const modelSchema = z
  .object({
    kind: z.string().meta({ example: 'video' }),
    provider: trait.meta({ example: 'openai-videos' }),
    model: trait.meta({ description: 'null: every model of the provider.', example: 'sora-2' }),
    size: trait.meta({
      description: 'null with duration null: every size and duration.',
      example: '1280x720',
    }),
    duration: trait.meta({ example: '8' }),
    jobs: z.int().min(1).meta({ description: 'Generations that ended under this key.' }),
    quantilesMs: z
      .object({ p10: milliseconds, p50: milliseconds, p90: milliseconds, p99: milliseconds })
      .meta({ description: 'What so many percent of durations do not exceed, in milliseconds.' }),
    progressTrusted: z
      .boolean()
      .meta({ description: 'Whether the progress that the upstream shows was found to tell the end.' }),
    lastSeenAt: z.iso.datetime().meta({ description: 'When the last one ended.' }),
  })
  .meta({ id: 'PollingModel' });

/** The answer of `GET /admin/polling/models`. */
export const pollingModelsSchema = z
  .object({
    strategy: z.string().meta({ description: 'The strategy in use.', example: 'predictive' }),
    data: z.array(modelSchema).meta({ description: 'By key, the one used last first.' }),
  })
  .meta({ id: 'PollingModels' });

export type PollingModelsView = z.output<typeof pollingModelsSchema>;
