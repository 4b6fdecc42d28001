import { z } from 'zod';

import { LONGEST_LINK_SECONDS } from './links.settings.js';

/** The body of `POST /v1/generations/{id}/assets/{index}/link`; there may be none. */
export const makeLinkSchema = z
  .strictObject({
    expiresIn: z
      .int()
      .min(1)
      .max(LONGEST_LINK_SECONDS)
      .optional()
      .meta({ description: 'Seconds that the link counts. The setting `links.lifetimeMs` when left out.' }),
  })
  .nullish()
  .meta({ id: 'MakeLink' });

/** A link that needs no key. */
export const linkSchema = z
  .object({
    url: z
      .string()
      .meta({ example: 'https://penstock.example/links/video_1/0?expires=1769860800&signature=…' }),
    expiresAt: z.iso.datetime().meta({ example: '2026-01-31T12:00:00.000Z' }),
  })
  .meta({ id: 'Link' });

export type MakeLinkBody = z.output<typeof makeLinkSchema>;
export type LinkView = z.output<typeof linkSchema>;
