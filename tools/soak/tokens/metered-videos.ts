import { Module } from '@nestjs/common';
import {
  PLUGIN_API_VERSION,
  ProviderPlugin,
  type Provider,
  type ProviderContext,
  type Quota,
} from 'penstock/plugin-api';
import { OpenAiVideosProvider } from 'penstock/provider-openai-videos';
import { z } from 'zod';

/** The name of the provider. */
export const METERED = 'metered-videos';

const answer = z.object({ remaining: z.number(), resets_at: z.number().nullable() });

/** The OpenAI Videos API of an upstream that also tells what an account has left, as the simulator does. */
@ProviderPlugin({
  name: METERED,
  apiVersion: PLUGIN_API_VERSION,
  kinds: ['video'],
  baseUrl: 'http://127.0.0.1',
  models: [
    {
      id: 'sora-2',
      kind: 'video',
      ownedBy: 'simulator',
      createdAt: 0,
      parameters: {},
      acceptsInputReference: false,
    },
  ],
})
class MeteredVideosProvider extends OpenAiVideosProvider implements Provider {
  async fetchQuota({ http, secret }: ProviderContext): Promise<Quota> {
    const headers = { authorization: `Bearer ${secret}` };
    const { body } = await http.json({ method: 'GET', path: '/quota', headers });
    const { remaining, resets_at: resetsAt } = answer.parse(body);
    return { remaining: remaining === -1 ? null : remaining, resetsAt };
  }
}

/** Offers it. */
@Module({ providers: [MeteredVideosProvider] })
export class MeteredVideosModule {}
