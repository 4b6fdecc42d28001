import { describe, expect, it } from 'vitest';

import { attemptOf, contextOn, jobOf, methodOf, requestOf, sourceOf } from '../calls.js';
import { type ProviderContract, SECRETS } from '../provider-contract.js';
import type { Exchange } from '../reply.js';
import { expectSubmitted } from '../well-formed.js';
import type { SuiteParts } from './suite-parts.js';

/** The optional methods but `download`, each where the contract has a section for it. */
export function describeCapabilities(parts: SuiteParts): void {
  const { pollMany, cancel, remix, fetchQuota, refreshCredential, activate, reconcile, parseWebhook } =
    parts.contract;
  if (pollMany !== undefined) describePollMany(parts, pollMany);
  if (cancel !== undefined) describeCancel(parts, cancel);
  if (remix !== undefined) describeRemix(parts, remix);
  if (fetchQuota !== undefined) describeFetchQuota(parts, fetchQuota);
  if (refreshCredential !== undefined) describeRefresh(parts, refreshCredential);
  if (activate !== undefined) describeActivate(parts, activate);
  if (reconcile !== undefined) describeReconcile(parts, reconcile);
  if (parseWebhook !== undefined) describeWebhook(parts.contract, parseWebhook);
}

type Section<Name extends keyof ProviderContract> = NonNullable<ProviderContract[Name]>;

function describePollMany({ contract, upstream }: SuiteParts, section: Exchange): void {
  const job = jobOf(contract);

  describe('pollMany', () => {
    it('reads the same as poll, for the jobs that were asked for', async () => {
      const provider = contract.create();
      upstream().script(section);
      const many = await methodOf(provider, 'pollMany')([job], contextOn(upstream().base));
      upstream().reset();
      const { poll } = contract;
      if (poll === undefined) throw new Error('What can be listed can be polled: the contract has no poll.');
      upstream().script({ ...poll, answer: poll.completed.answer });
      const one = await provider.poll(job, contextOn(upstream().base));
      expect([...many]).toEqual([[contract.jobId, one]]);
    });

    it('leaves out a job that the upstream does not list', async () => {
      upstream().script(section);
      const other = { ...job, jobId: `${contract.jobId}-other` };
      const many = await methodOf(contract.create(), 'pollMany')([other], contextOn(upstream().base));
      expect([...many]).toEqual([]);
    });
  });
}

function describeCancel({ contract, upstream }: SuiteParts, section: Section<'cancel'>): void {
  const cancel = () => methodOf(contract.create(), 'cancel')(jobOf(contract), contextOn(upstream().base));

  describe('cancel', () => {
    it('asks the upstream once to stop the job', async () => {
      upstream().script(section);
      await cancel();
      expect(upstream().received(section.route)).toHaveLength(1);
    });

    const { alreadyEnded } = section;
    if (alreadyEnded === undefined) return;
    it('is content with a job that had ended already', async () => {
      upstream().script({ ...section, answer: alreadyEnded });
      await expect(cancel()).resolves.toBeUndefined();
    });
  });
}

function describeRemix({ contract, upstream }: SuiteParts, section: Exchange): void {
  it('remix gives the id and the state of the new job', async () => {
    upstream().script(section);
    const remix = methodOf(contract.create(), 'remix');
    const job = await remix(sourceOf(contract), requestOf(contract), contextOn(upstream().base));
    expectSubmitted(job);
    expect(job.jobId).toBe(contract.jobId);
    expect(upstream().received(section.route)).toHaveLength(1);
  });
}

function describeFetchQuota({ contract, upstream }: SuiteParts, section: Section<'fetchQuota'>): void {
  it('fetchQuota reads what is left', async () => {
    upstream().script(section);
    const quota = await methodOf(contract.create(), 'fetchQuota')(contextOn(upstream().base));
    expect(quota).toEqual(section.quota);
  });
}

function describeRefresh({ contract, upstream }: SuiteParts, section: Section<'refreshCredential'>): void {
  it('refreshCredential gives the renewed credential and logs nothing of it', async () => {
    upstream().script(section);
    const context = contextOn(upstream().base);
    const credential = await methodOf(contract.create(), 'refreshCredential')(context);
    expect(credential).toEqual(section.credential);
    const logged = JSON.stringify(context.logs);
    for (const secret of [SECRETS.refresh, credential.secret]) expect(logged).not.toContain(secret);
  });
}

function describeActivate({ contract, upstream }: SuiteParts, section: Section<'activate'>): void {
  const activate = () => methodOf(contract.create(), 'activate')('invite-1', contextOn(upstream().base));

  describe('activate', () => {
    it('turns the feature on', async () => {
      upstream().script(section);
      expect(await activate()).toEqual({ alreadyActive: false });
    });

    const { alreadyActive } = section;
    if (alreadyActive === undefined) return;
    it('says that the feature was on before', async () => {
      upstream().script({ ...section, answer: alreadyActive });
      expect(await activate()).toEqual({ alreadyActive: true });
    });
  });
}

function describeReconcile({ contract, upstream }: SuiteParts, section: Section<'reconcile'>): void {
  const { route, also, found, missing } = section;
  const reconcile = (isClaimed: boolean) =>
    methodOf(contract.create(), 'reconcile')(
      { ...attemptOf(contract), isClaimed: () => Promise.resolve(isClaimed) },
      contextOn(upstream().base),
    );

  describe('reconcile', () => {
    it('finds the job of a lost attempt', async () => {
      upstream().script({ route, also, answer: found });
      const reconciliation = await reconcile(false);
      if (reconciliation.outcome !== 'found') return expect.fail(`It said ${reconciliation.outcome}.`);
      expectSubmitted(reconciliation.job);
      expect(reconciliation.job.jobId).toBe(contract.jobId);
    });

    it('leaves a job alone that belongs to another generation', async () => {
      upstream().script({ route, also, answer: found });
      expect((await reconcile(true)).outcome).not.toBe('found');
    });

    it(`says ${missing.outcome} when there is no trace of it`, async () => {
      upstream().script({ route, also, answer: missing.answer });
      expect(await reconcile(false)).toEqual({ outcome: missing.outcome });
    });
  });
}

function describeWebhook(contract: ProviderContract, section: Section<'parseWebhook'>): void {
  const parse = methodOf(contract.create(), 'parseWebhook');
  const { signed = true, key = SECRETS.webhook } = section;
  const secret = signed ? key : '';
  const genuine = section.genuine(secret);

  describe('parseWebhook', () => {
    it('says which job a genuine callback is about', async () => {
      const event = await parse(genuine, secret);
      expect(event?.jobId).toBe(contract.jobId);
      expect(event?.ended ?? true).toBe(true);
    });

    it('says the same when it comes again', async () => {
      const provider = contract.create();
      const once = await methodOf(provider, 'parseWebhook')(genuine, secret);
      expect(await methodOf(provider, 'parseWebhook')(genuine, secret)).toEqual(once);
    });

    it.each(['{"id":', '[]', 'null', '""', '{}', ''])('refuses the body %j', async (body) => {
      expect(await parse({ ...genuine, rawBody: Buffer.from(body) }, secret)).toBeNull();
    });

    if (!signed) return;

    it('refuses a body that was changed', async () => {
      const rawBody = Buffer.concat([genuine.rawBody, Buffer.from(' ')]);
      expect(await parse({ ...genuine, rawBody }, secret)).toBeNull();
    });

    it('refuses another secret', async () => {
      expect(await parse(genuine, 'whsec_YW5vdGhlci1zZWNyZXQtYWx0b2dldGhlcg==')).toBeNull();
    });

    it('refuses a callback without its headers', async () => {
      expect(await parse({ ...genuine, headers: {} }, secret)).toBeNull();
    });
  });
}
