import type {
  Download,
  DownloadRequest,
  JobReference,
  JobSnapshot,
  LostAttempt,
  Quota,
  Reconciliation,
  RefreshedCredential,
  SubmitRequest,
  SubmittedJob,
  Verification,
  WebhookEvent,
  WebhookRequest,
} from './job.js';
import type { ProviderContext, RefreshContext } from './provider-context.js';

/**
 * One upstream service. A provider holds no state, owns no retry loop and no timer, and throws only
 * {@link ProviderError}. The optional methods are capabilities: what is implemented is offered.
 */
export interface Provider {
  /** Creates a job. Called at most once for an attempt. */
  submit(request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob>;

  /** Reads the state of a job. Changes nothing; may be repeated. */
  poll(job: JobReference, context: ProviderContext): Promise<JobSnapshot>;

  /** Asks whether the credential is good, at no cost to the account. An `unauthorized` failure counts as not valid. */
  verify(context: ProviderContext): Promise<Verification>;

  /** Reads many jobs of one token with fewer calls. Jobs that it leaves out of the map are polled one by one. */
  pollMany?(
    jobs: readonly JobReference[],
    context: ProviderContext,
  ): Promise<ReadonlyMap<string, JobSnapshot>>;

  /** Stops a job. Resolves also when it had ended already. */
  cancel?(job: JobReference, context: ProviderContext): Promise<void>;

  /** Creates a job from a finished one of the same token. Called at most once for an attempt. */
  remix?(source: JobReference, request: SubmitRequest, context: ProviderContext): Promise<SubmittedJob>;

  /** Streams an asset of a finished job. */
  download?(job: JobReference, request: DownloadRequest, context: ProviderContext): Promise<Download>;

  /** Reads what the account may still use. */
  fetchQuota?(context: ProviderContext): Promise<Quota>;

  /** Renews the credential from its refresh secret. */
  refreshCredential?(context: RefreshContext): Promise<RefreshedCredential>;

  /** Turns on a feature of the account with an invite or access code. */
  activate?(code: string, context: ProviderContext): Promise<{ readonly alreadyActive: boolean }>;

  /** Finds what an attempt created whose answer was lost. Changes nothing; may be repeated. */
  reconcile?(attempt: LostAttempt, context: ProviderContext): Promise<Reconciliation>;

  /**
   * Verifies a callback by the upstream's own scheme, in constant time, and says which job it is about; `null` when it is not
   * genuine, or too old. It may come twice, or be forged where nothing is signed: it changes nothing, the job is read.
   *
   * @param webhookSecret - what the upstream signs with; empty where the manifest says that callbacks are `unsigned`
   */
  parseWebhook?(request: WebhookRequest, webhookSecret: string): Promise<WebhookEvent | null>;
}

/**
 * What a provider's class may implement besides {@link Provider}, for resources that outlive a call. The host calls
 * `init` once when the application starts, before any other method, one provider after the other; and `destroy` once,
 * in reverse order, when it shuts down, only if `init` had succeeded. An `init` that throws stops the start.
 */
export interface PluginLifecycle {
  init?(): Promise<void> | void;
  destroy?(): Promise<void> | void;
}

/** The optional methods of {@link Provider}. */
export const CAPABILITIES = [
  'pollMany',
  'cancel',
  'remix',
  'download',
  'fetchQuota',
  'refreshCredential',
  'activate',
  'reconcile',
  'parseWebhook',
] as const satisfies readonly (keyof Provider)[];

/** An optional ability of a provider, named like its method. */
export type Capability = (typeof CAPABILITIES)[number];
