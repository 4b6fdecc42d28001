import type {
  DownloadRequest,
  Provider,
  ProviderFailureKind,
  ProviderManifest,
  Quota,
  Reconciliation,
  RefreshedCredential,
  SubmitRequest,
  WebhookRequest,
} from 'penstock/plugin-api';

import type { Answer, Exchange, Reply, Route } from './reply.js';

/**
 * What the author of a provider tells the contract kit: real answers of the upstream, and what they mean. A section
 * for each capability that the provider implements is required, and one that it does not implement is refused.
 */
export interface ProviderContract {
  /** Titles the suite. */
  readonly name: string;
  /** Makes a fresh provider. */
  readonly create: () => Provider;
  /** @defaultValue what `@ProviderPlugin` on the class says */
  readonly manifest?: ProviderManifest;
  /** Changes to the request that is submitted: {@link CONTRACT_REQUEST} for the first model of the manifest. */
  readonly request?: Partial<SubmitRequest>;
  /** The job that all the answers below speak of. */
  readonly jobId: string;

  readonly submit: Exchange;
  /** Left out where every submission ends at once and gives its files: `poll` knows no job then, and asks nobody. */
  readonly poll?: {
    readonly route: Route;
    readonly also?: Readonly<Record<Route, Answer>> | undefined;
    readonly queued?: Reply;
    readonly inProgress: { readonly answer: Reply; readonly progress: number | null };
    readonly completed: { readonly answer: Reply; readonly assets: readonly string[] };
    readonly failed: { readonly answer: Reply; readonly code: string; readonly message: string };
    readonly cancelled?: Reply;
    /** How the upstream says that it does not know the job. @defaultValue 404 with a JSON body */
    readonly notFound?: Reply;
  };
  /** `answer` is that of a good credential. */
  readonly verify: Exchange;

  /** `answer` lists the job as its completed one in `poll`. */
  readonly pollMany?: Exchange;
  readonly cancel?: Exchange & {
    /** How the upstream answers for a job that had ended already. */
    readonly alreadyEnded?: Reply;
  };
  /** `answer` accepts a job with the id `jobId`, made from another one. */
  readonly remix?: Exchange;
  readonly download?: Exchange & {
    /** What is fetched. @defaultValue the first asset of the completed job, without a range */
    readonly request?: Partial<DownloadRequest>;
    readonly contentType: string;
    readonly content: Uint8Array;
    /**
     * The call that tells the URL of the file, where the upstream keeps files elsewhere: `route` is that of the file
     * then, to which no credential may be sent. `answer` makes the URL from the host of its request.
     */
    readonly locate?: Exchange;
  };
  readonly fetchQuota?: Exchange & { readonly quota: Quota };
  readonly refreshCredential?: Exchange & { readonly credential: RefreshedCredential };
  readonly activate?: Exchange & {
    /** How the upstream answers when the feature was on before. */
    readonly alreadyActive?: Reply;
  };
  readonly reconcile?: {
    readonly route: Route;
    readonly also?: Readonly<Record<Route, Answer>> | undefined;
    /** How the upstream answers when the submitted request, sent at {@link CONTRACT_REQUEST} `startedAt`, had created `jobId`. */
    readonly found: Answer;
    /** How it answers when there is no trace of the attempt, and what the provider concludes. */
    readonly missing: {
      readonly answer: Answer;
      readonly outcome: Exclude<Reconciliation['outcome'], 'found'>;
    };
  };
  readonly parseWebhook?: {
    /** Left out or true: it is signed. */
    readonly signed?: boolean;
    /** What operators set, where that is no secret to sign with but a public key. @defaultValue a secret of the suite */
    readonly key?: string;
    /** A callback about the end of `jobId` with a right signature, made with `secret` or what belongs to `key`. */
    readonly genuine: (secret: string) => WebhookRequest;
  };

  /**
   * How the upstream says what went wrong, where that differs from plain HTTP (401, 429 with `Retry-After`, 403 with
   * `cf-mitigated`, 503). Kinds that have no plain form (`quota_exhausted`, `content_policy`, `invalid_request`) are
   * tested where they are given here. All are answers to `submit`.
   */
  readonly failures?: Readonly<Partial<Record<ProviderFailureKind, Reply>>>;
}

/** What the suite submits, and when the attempt began that it reconciles (milliseconds since 1970). */
export const CONTRACT_REQUEST = {
  prompt: 'A paper boat on a puddle',
  attemptId: 'attempt-1',
  startedAt: 1_700_000_000_000,
} as const;

/** The secrets that the suite's contexts hold. */
export const SECRETS = {
  first: 'sk-contract-first-4b1d6f0a',
  second: 'sk-contract-second-97c2e813',
  refresh: 'rt-contract-refresh-c05a77de',
  webhook: 'whsec_Y29udHJhY3Qtd2ViaG9vay1zZWNyZXQ=',
} as const;
