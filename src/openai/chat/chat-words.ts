import { assertNever } from 'penstock/kernel';

import type { Generation } from '../../generations/generation.entity.js';

/** What only this process knows of a generation that waits. */
export interface Waiting {
  readonly position: number | null;
}

/** How a generation stands, in words for whoever looks at the chat; each is a line. */
export function progressLine({ status, progress }: Generation, { position }: Waiting): string {
  switch (status) {
    case 'queued':
      return position === null ? 'Queued.\n' : `Queued, place ${String(position)}.\n`;
    case 'submitting':
      return 'Being submitted.\n';
    case 'in_progress':
      return `In progress: ${String(progress)} %.\n`;
    case 'completed':
      return 'Completed.\n';
    case 'failed':
      return 'Failed.\n';
    case 'cancelled':
      return 'Cancelled.\n';
    default:
      return assertNever(status);
  }
}

/** A link to a file in Markdown; chats show images themselves. */
export function linkTo({ contentType, name }: Generation['assets'][number], url: string): string {
  return `${contentType.startsWith('image/') ? '!' : ''}[${name.replaceAll(/[[\]\\]/g, '')}](${url})`;
}
