import { z } from 'zod';

/** The answer to a callback. */
export const hookAnswerSchema = z.object({ received: z.literal(true) }).meta({ id: 'CallbackReceived' });

/** How the upstreams of a provider call back. */
export const hookChannelSchema = z
  .object({
    provider: z.string().meta({ example: 'replicate' }),
    callbacks: z
      .enum(['signed', 'unsigned'])
      .meta({ description: 'What proves them: a signature, or the path alone.' }),
    state: z.enum(['active', 'no_public_url', 'no_secrets']).meta({
      description:
        'active: upstreams are asked to call back. no_public_url: set webhooks.publicUrl. no_secrets: set what they sign with.',
    }),
    url: z.string().nullable().meta({ description: 'Where they call. Whoever knows it can have jobs read.' }),
    secrets: z.int().min(0).meta({ description: 'How many are set.' }),
    taken: z.int().min(0).meta({ description: 'Callbacks since the start.' }),
    refused: z.int().min(0).meta({ description: 'Those since the start that were not genuine.' }),
  })
  .meta({ id: 'CallbackChannel' });

/** The answer of `GET /admin/hooks`. */
export const hookChannelsSchema = z
  .object({ data: z.array(hookChannelSchema) })
  .meta({ id: 'CallbackChannels' });

/** The body of `PUT /admin/hooks/{provider}/secrets`. */
export const setHookSecretsSchema = z
  .strictObject({
    secrets: z
      .array(z.string().min(8).max(1_000))
      .min(1)
      .max(50)
      .meta({
        description: 'What the upstream signs with, one for each account; they replace those before.',
        example: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
      }),
  })
  .meta({ id: 'SetCallbackSecrets' });

export type HookAnswer = z.output<typeof hookAnswerSchema>;
export type HookChannelView = z.output<typeof hookChannelSchema>;
export type HookChannelsView = z.output<typeof hookChannelsSchema>;
export type SetHookSecretsBody = z.output<typeof setHookSecretsSchema>;
