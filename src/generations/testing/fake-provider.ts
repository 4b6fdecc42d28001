import { Readable } from 'node:stream';

import {
  ProviderError,
  ProviderPlugin,
  type Download,
  type DownloadRequest,
  type JobReference,
  type JobSnapshot,
  type LostAttempt,
  type Provider,
  type ProviderContext,
  type Reconciliation,
  type RefreshedCredential,
  type SubmitRequest,
  type SubmittedJob,
  type Verification,
} from 'penstock/plugin-api';
import { stubManifest, stubModel } from 'penstock/plugin-host/testing';

import type { FakeUpstream } from './fake-upstream.js';

/** The plugin of the {@link FakeUpstream}, with every capability that the engine uses. */
@ProviderPlugin(
  stubManifest({
    name: 'acme',
    models: [
      stubModel({
        id: 'sora-2',
        parameters: { seconds: { description: 'length', values: ['4', '8'] } },
        acceptsInputReference: true,
      }),
    ],
  }),
)
export class FakeProvider implements Provider {
  constructor(private readonly upstream: FakeUpstream) {}

  submit(request: SubmitRequest, { token }: ProviderContext): Promise<SubmittedJob> {
    return this.upstream.submit(request, token.id, null);
  }

  remix({ jobId }: JobReference, request: SubmitRequest, { token }: ProviderContext): Promise<SubmittedJob> {
    return this.upstream.submit(request, token.id, jobId);
  }

  poll({ jobId }: JobReference, { secret }: ProviderContext): Promise<JobSnapshot> {
    if (this.upstream.refusedSecrets.has(secret)) {
      throw new ProviderError({ kind: 'unauthorized' }, 'refused: unauthorized');
    }
    return this.upstream.poll(jobId);
  }

  pollMany(jobs: readonly JobReference[]): Promise<ReadonlyMap<string, JobSnapshot>> {
    return this.upstream.pollMany(jobs.map(({ jobId }) => jobId));
  }

  cancel({ jobId }: JobReference): Promise<void> {
    return this.upstream.cancel(jobId);
  }

  reconcile(attempt: LostAttempt): Promise<Reconciliation> {
    return this.upstream.reconcile(attempt);
  }

  download({ jobId }: JobReference, { asset, range }: DownloadRequest): Promise<Download> {
    const body = Readable.from([`${jobId} ${asset}`]);
    const rest = { contentLength: null, contentRange: null, etag: '"1"', lastModified: null, body };
    const status = range === null ? 200 : 206;
    return Promise.resolve({ status, contentType: 'video/mp4', ...rest });
  }

  refreshCredential(): Promise<RefreshedCredential> {
    this.upstream.calls.push('renew');
    const { renewed } = this.upstream;
    if (renewed === null) throw new ProviderError({ kind: 'unauthorized' }, 'refused: invalid_grant');
    return Promise.resolve({ secret: renewed, refreshSecret: null, expiresAt: null });
  }

  verify(): Promise<Verification> {
    return Promise.resolve({ valid: true, detail: 'fake' });
  }
}
