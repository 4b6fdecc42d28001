import { SystemClock } from 'penstock/kernel';
import { describeProviderHttp } from 'penstock/plugin-api/testing';
import { resolveUpstreamOptions, SessionPool, UpstreamClient } from 'penstock/upstream';
import { afterAll } from 'vitest';

import { redactorOf } from './redactor.js';
import { UpstreamProviderHttp } from './upstream-provider-http.js';

const clock = new SystemClock();
const pool = new SessionPool(clock, resolveUpstreamOptions({ closeGraceMs: 50 }));
const client = new UpstreamClient(pool, clock);

afterAll(() => pool.close());

describeProviderHttp({
  name: 'UpstreamProviderHttp',
  create: (target) =>
    new UpstreamProviderHttp(client, clock, { ...target, proxyUrls: [null], redact: redactorOf('') }),
});
