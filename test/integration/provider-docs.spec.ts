import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { DynamicModule } from '@nestjs/common';
import { type Provider, type ProviderManifest, ProviderPlugin } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { blocksOf, page, ROOT, rowsOf } from './docs/markdown.js';

const LIBS = readdirSync(join(ROOT, 'libs')).filter((name) => name.startsWith('provider-'));
const ROWS = rowsOf(page('docs/providers.md'), 'provider');
/** Of a snapshot of a model that is named without its date. */
const DATED = /-\d{4}-\d\d-\d\d$/;

interface Offered {
  readonly manifest: ProviderManifest;
  readonly methods: Partial<Provider>;
}

interface ModuleOfProvider {
  forRoot(): DynamicModule;
}

/** What the module gives that the example of a README imports. */
async function offeredBy(lib: string, example: string): Promise<Offered> {
  const [, name = ''] = /imports: \[(\w+)\.forRoot\(\)\]/.exec(example) ?? [];
  const all = (await import(/* @vite-ignore */ `penstock/${lib}`)) as Record<string, unknown>;
  const [found] = (all[name] as ModuleOfProvider).forRoot().providers ?? [];
  if (typeof found !== 'function') throw new Error(`${lib}: ${name} offers no class.`);
  return {
    manifest: Reflect.getMetadata(ProviderPlugin.KEY, found) as ProviderManifest,
    methods: found.prototype as Partial<Provider>,
  };
}

describe.each(LIBS)('the pages about %s', (lib) => {
  const readme = page(`libs/${lib}/README.md`);
  const [example] = blocksOf(readme, 'ts');
  const offered = () => offeredBy(lib, example?.text ?? '');

  it('have an example that works, and name where it asks and for what', async () => {
    const { manifest } = await offered();
    expect(`provider-${manifest.name}`).toBe(lib);
    const names = manifest.models.map(({ id }) => id).filter((id) => !DATED.test(id));
    const missing = [manifest.baseUrl, ...names].filter((name) => !readme.text.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });

  it('say in the table what it can do', async () => {
    const { manifest, methods } = await offered();
    const { kinds, models, callbacks = 'signed' } = manifest;
    const row = ROWS.find(({ provider = '' }) => provider.startsWith(`[${manifest.name}]`)) ?? {};
    const watermark = models.some(({ parameters }) => 'watermark' in parameters);
    expect(row).toMatchObject({
      kinds: kinds.join(', '),
      webhooks: methods.parseWebhook === undefined ? 'no' : callbacks,
      watermark: watermark ? 'yes' : 'no',
    });
    expect([row['cancel'] !== 'no', row['finds lost submissions'] !== 'no']).toEqual([
      methods.cancel !== undefined,
      methods.reconcile !== undefined,
    ]);
  });
});
