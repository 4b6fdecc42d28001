import type {
  JobSnapshot,
  ModelDescription,
  Provider,
  ProviderManifest,
  SubmittedJob,
  Verification,
} from 'penstock/plugin-api';

const MODEL: ModelDescription = {
  id: 'shared',
  kind: 'video',
  ownedBy: 'test',
  createdAt: 1_767_225_600,
  parameters: {},
  acceptsInputReference: false,
};

/** A sound description with the given changes: the video model `shared`. */
export function stubModel(changes: Partial<ModelDescription> = {}): ModelDescription {
  return { ...MODEL, ...changes };
}

/** A sound manifest with the given changes: provider `stub` with the one video model `shared`. */
export function stubManifest(changes: Partial<ProviderManifest> = {}): ProviderManifest {
  return {
    name: 'stub',
    apiVersion: 1,
    kinds: ['video'],
    models: [MODEL],
    baseUrl: 'https://stub.example',
    ...changes,
  };
}

const SNAPSHOT: JobSnapshot = {
  status: 'queued',
  progress: null,
  assets: [],
  error: null,
  pollAfterMs: null,
};

/** A provider whose jobs wait for ever; extend and decorate it. */
export class StubProvider implements Provider {
  submit(): Promise<SubmittedJob> {
    return Promise.resolve({ jobId: 'job-1', snapshot: SNAPSHOT });
  }

  poll(): Promise<JobSnapshot> {
    return Promise.resolve(SNAPSHOT);
  }

  verify(): Promise<Verification> {
    return Promise.resolve({ valid: true, detail: 'stub' });
  }
}
