import { Inject, Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';

import { GenerationError } from '../generations/generation.errors.js';
import { GenerationStore } from '../generations/generation-store.js';
import type { Generation } from '../generations/generation.entity.js';
import { webhookSettings, type ReadsWebhookSettings } from '../webhooks/webhooks.settings.js';
import { LinkSigner } from './link-signer.js';
import { LinkError } from './links.errors.js';
import { linkSettings, type ReadsLinkSettings } from './links.settings.js';

/** A link to a file that whoever has it may fetch. */
export interface ResultLink {
  readonly url: string;
  /** Milliseconds since 1970, in whole seconds. */
  readonly expiresAt: number;
}

/** What a link says, as it came. */
export interface GivenLink {
  readonly id: string;
  readonly position: string;
  readonly expires: unknown;
  readonly signature: unknown;
}

/** A link as it may have been made here; nothing else has this spelling. */
const POSITION = /^(0|[1-9]\d{0,2})$/;
const EXPIRES = /^[1-9]\d{0,11}$/;

/** Makes signed links to the files of completed generations, and reads them. Nothing is stored: a link cannot be taken back. */
@Injectable()
export class ResultLinks {
  constructor(
    private readonly signer: LinkSigner,
    private readonly store: GenerationStore,
    @Inject(Settings) private readonly settings: ReadsLinkSettings & ReadsWebhookSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * A link to a file. It leads to `webhooks.publicUrl`, where that is set.
   *
   * @param position - among the files of the generation
   * @param origin - scheme and host that the client used
   * @param lifetimeMs - @defaultValue the setting `links.lifetimeMs`
   */
  of({ id }: Pick<Generation, 'id'>, position: number, origin: string, lifetimeMs?: number): ResultLink {
    const span = lifetimeMs ?? this.settings.get(linkSettings).lifetimeMs;
    const expires = Math.ceil((this.clock.now() + span) / 1_000);
    const signature = this.signer.sign({ generationId: id, position, expires });
    const base = this.settings.get(webhookSettings).publicUrl ?? origin;
    const url = `${base}/links/${id}/${String(position)}?expires=${String(expires)}&signature=${signature}`;
    return { url, expiresAt: expires * 1_000 };
  }

  /**
   * What a link leads to.
   *
   * @throws LinkError `link_not_genuine` for what was not made here, `link_expired`
   * @throws GenerationError `generation_not_found` when it was deleted
   */
  async read(link: GivenLink): Promise<{ readonly generation: Generation; readonly position: number }> {
    const { id, position, expires } = this.#genuine(link);
    if (expires * 1_000 <= this.clock.now()) {
      const until = new Date(expires * 1_000).toISOString();
      throw LinkError.of(
        'link_expired',
        `This link counted until ${until}. Ask whoever gave it for another.`,
      );
    }
    const generation = await this.store.find(id);
    if (generation === null) {
      throw GenerationError.of('generation_not_found', `The generation of this link was deleted.`);
    }
    return { generation, position };
  }

  #genuine({ id, position, expires, signature }: GivenLink): {
    readonly id: string;
    readonly position: number;
    readonly expires: number;
  } {
    if (POSITION.test(position) && typeof expires === 'string' && EXPIRES.test(expires)) {
      const claim = { generationId: id, position: Number(position), expires: Number(expires) };
      if (typeof signature === 'string' && this.signer.isGenuine(claim, signature)) {
        return { id, position: claim.position, expires: claim.expires };
      }
    }
    throw LinkError.of(
      'link_not_genuine',
      'This link was not made here, or was changed. Take it whole, with "expires" and "signature".',
    );
  }
}
