// A provider whose accounts can be tested, asked for their quota, renewed and activated: for PENSTOCK_PLUGINS.
import { Module } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

const SNAPSHOT = { status: 'queued', progress: null, assets: [], error: null, pollAfterMs: null };
const bearer = (secret) => ({ authorization: `Bearer ${secret}` });

class AccountsProvider {
  async submit() {
    return { jobId: 'job-1', snapshot: SNAPSHOT };
  }

  async poll() {
    return SNAPSHOT;
  }

  async verify({ http, secret }) {
    await http.json({ method: 'GET', path: '/me', headers: bearer(secret) });
    return { valid: true, detail: 'known' };
  }

  async fetchQuota({ http, secret }) {
    const { body } = await http.json({ method: 'GET', path: '/quota', headers: bearer(secret) });
    return { remaining: body.remaining, resetsAt: null };
  }

  async refreshCredential({ http, refreshSecret }) {
    const { body } = await http.json({ method: 'POST', path: '/refresh', headers: bearer(refreshSecret) });
    return { secret: body.secret, refreshSecret: body.refreshSecret, expiresAt: null };
  }

  async activate(code, { http, secret }) {
    const { body } = await http.json({
      method: 'POST',
      path: '/activate',
      headers: bearer(secret),
      body: { json: { code } },
    });
    return { alreadyActive: body.alreadyActive };
  }
}

ProviderPlugin({
  name: 'accounts',
  apiVersion: 1,
  kinds: ['video'],
  models: [
    {
      id: 'accounts-1',
      kind: 'video',
      ownedBy: 'accounts',
      createdAt: 1_767_225_600,
      parameters: {},
      acceptsInputReference: false,
    },
  ],
  baseUrl: 'https://accounts.example',
})(AccountsProvider);

export class AccountsModule {}
Module({ providers: [AccountsProvider] })(AccountsModule);
