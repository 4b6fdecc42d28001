import 'reflect-metadata';

import {
  type Capability,
  type DownloadRequest,
  type JobReference,
  type LostAttempt,
  type Provider,
  type ProviderManifest,
  ProviderPlugin,
  type SubmitRequest,
} from 'penstock/plugin-api';

import { CONTRACT_REQUEST, type ProviderContract, SECRETS } from './provider-contract.js';
import type { Exchange, Reply } from './reply.js';
import { createTestContext, type TestContext } from './test-context.js';

/** One method of a provider that speaks to its upstream, ready to be called, and the good answer to it. */
export interface Call extends Exchange {
  readonly name: string;
  /** Whether it may create something that is paid for, so that a lost answer is `ambiguous`. */
  readonly creates: boolean;
  run(provider: Provider, context: TestContext): Promise<unknown>;
}

/** The manifest of a contract's provider. @throws Error when the class has none and the contract gives none. */
export function manifestOf(contract: ProviderContract): ProviderManifest {
  const described: unknown = Reflect.getMetadata(ProviderPlugin.KEY, contract.create().constructor);
  const manifest = contract.manifest ?? (described as ProviderManifest | undefined);
  if (manifest === undefined) throw new Error(`${contract.name} has no @ProviderPlugin({ … }) on its class.`);
  return manifest;
}

/** The request that the suite submits. */
export function requestOf(contract: ProviderContract): SubmitRequest {
  const [model] = manifestOf(contract).models;
  return {
    kind: model?.kind ?? '',
    model: model?.id ?? '',
    prompt: CONTRACT_REQUEST.prompt,
    parameters: {},
    inputReference: null,
    attemptId: CONTRACT_REQUEST.attemptId,
    ...contract.request,
  };
}

/** The job that the contract's answers speak of. */
export function jobOf(contract: ProviderContract): JobReference {
  const { kind, model } = requestOf(contract);
  return { jobId: contract.jobId, kind, model };
}

/** The lost attempt that the suite reconciles: nobody claims a job. */
export function attemptOf(contract: ProviderContract): LostAttempt {
  return {
    ...requestOf(contract),
    startedAt: CONTRACT_REQUEST.startedAt,
    remixOf: null,
    isClaimed: () => Promise.resolve(false),
  };
}

/** A context on an upstream with the suite's secrets. */
export function contextOn(baseUrl: string, signal?: AbortSignal): TestContext {
  return createTestContext({
    baseUrl,
    secret: SECRETS.first,
    refreshSecret: SECRETS.refresh,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Every method that the contract has a section for, as calls of the provider. */
export function callsOf(contract: ProviderContract): readonly Call[] {
  const job = jobOf(contract);
  const request = requestOf(contract);
  const { submit, poll, verify } = contract;
  return [
    { ...submit, name: 'submit', creates: true, run: (p, context) => p.submit(request, context) },
    ...(poll === undefined ? [] : [pollCall(poll, job)]),
    { ...verify, name: 'verify', creates: false, run: (p, context) => p.verify(context) },
    ...capability('pollMany', contract.pollMany, (p, context) => methodOf(p, 'pollMany')([job], context)),
    ...capability('cancel', contract.cancel, (p, context) => methodOf(p, 'cancel')(job, context)),
    ...capability('remix', contract.remix, (p, context) =>
      methodOf(p, 'remix')(sourceOf(contract), request, context),
    ),
    ...capability('download', downloadCall(contract.download), (p, context) =>
      methodOf(p, 'download')(job, downloadRequestOf(contract), context),
    ),
    ...capability('fetchQuota', contract.fetchQuota, (p, context) => methodOf(p, 'fetchQuota')(context)),
    ...capability('refreshCredential', contract.refreshCredential, (p, context) =>
      methodOf(p, 'refreshCredential')(context),
    ),
    ...capability('activate', contract.activate, (p, context) =>
      methodOf(p, 'activate')('invite-1', context),
    ),
    ...capability('reconcile', withAnswer(contract.reconcile), (p, context) =>
      methodOf(p, 'reconcile')(attemptOf(contract), context),
    ),
  ];
}

/** An optional method, bound to its provider. @throws Error when the provider does not implement it. */
export function methodOf<Name extends Capability>(provider: Provider, name: Name): Required<Provider>[Name] {
  const method = provider[name];
  if (method === undefined) throw new Error(`The provider does not implement ${name}.`);
  return method.bind(provider) as Required<Provider>[Name];
}

/** The job that the suite remixes. */
export function sourceOf(contract: ProviderContract): JobReference {
  return { ...jobOf(contract), jobId: `${contract.jobId}-source` };
}

/** The request that the suite downloads with. */
export function downloadRequestOf(contract: ProviderContract): DownloadRequest {
  const [asset = ''] = contract.poll?.completed.assets ?? [];
  return { asset, range: null, ifRange: null, ...contract.download?.request };
}

/** How the upstream refuses, plainly or as the contract says. */
export function refusalOf(contract: ProviderContract, kind: keyof typeof PLAIN_REFUSALS): Reply {
  return contract.failures?.[kind] ?? PLAIN_REFUSALS[kind];
}

const PLAIN_REFUSALS = {
  unauthorized: { status: 401, json: { error: { message: 'Bad credential.' } } },
  rate_limited: { status: 429, headers: { 'retry-after': '7' }, json: { error: { message: 'Slow down.' } } },
  edge_challenge: {
    status: 403,
    headers: { 'cf-mitigated': 'challenge' },
    text: '<html>Just a moment</html>',
  },
  transient: { status: 503, headers: { 'retry-after': '2' }, json: { error: { message: 'Overloaded.' } } },
} as const satisfies Record<string, Reply>;

function withAnswer(reconcile: ProviderContract['reconcile']): Exchange | undefined {
  return reconcile === undefined ? undefined : { ...reconcile, answer: reconcile.found };
}

const pollCall = (poll: NonNullable<ProviderContract['poll']>, job: JobReference): Call => ({
  ...poll,
  answer: poll.completed.answer,
  name: 'poll',
  creates: false,
  run: (provider, context) => provider.poll(job, context),
});

/** With `locate` it is that call which bears the credential. */
function downloadCall(download: ProviderContract['download']): Exchange | undefined {
  const locate = download?.locate;
  if (download === undefined || locate === undefined) return download;
  return { ...locate, also: { ...locate.also, ...download.also, [download.route]: download.answer } };
}

function capability(name: Capability, section: Exchange | undefined, run: Call['run']): readonly Call[] {
  return section === undefined ? [] : [{ ...section, name, creates: name === 'remix', run }];
}
