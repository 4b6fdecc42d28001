import type { ProviderHttp, ProviderRequest } from 'penstock/plugin-api';

import type { Answer } from '../reply.js';
import type { ScriptedUpstream } from '../scripted-upstream.js';

/** What most tests send. */
export const JOBS: ProviderRequest = { method: 'POST', path: '/jobs', body: { json: { prompt: 'boat' } } };

/** Something to ask with; a fresh one for each test. */
export interface HttpParts {
  readonly upstream: () => ScriptedUpstream;
  readonly http: (signal?: AbortSignal, baseUrl?: string) => ProviderHttp;
  readonly answering: (answer: Answer) => ProviderHttp;
}
