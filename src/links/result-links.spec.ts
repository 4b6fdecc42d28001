import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from '../generations/generation.entity.js';
import { OWNER, TestEngine } from '../generations/testing/test-engine.js';
import { TestWorld } from '../generations/testing/test-world.js';
import { SecretBox } from '../secrets/index.js';
import { webhookSettings } from '../webhooks/webhooks.settings.js';
import { LinkSigner } from './link-signer.js';
import { linkSettings } from './links.settings.js';
import { ResultLinks, type GivenLink } from './result-links.js';

const DAY = 86_400_000;

describe('ResultLinks', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let links: ResultLinks;
  let generation: Generation;
  let publicUrl: string | null;

  const origin = 'http://gateway:8080';
  const settings = {
    get: () => ({ ...linkSettings.defaults, ...webhookSettings.defaults, publicUrl }),
  };
  const given = (url: string): GivenLink => {
    const { pathname, searchParams } = new URL(url);
    const [, , id = '', position = ''] = pathname.split('/');
    return { id, position, ...Object.fromEntries(searchParams) } as GivenLink;
  };

  beforeEach(async () => {
    publicUrl = null;
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
    const { id } = await engine.create();
    await engine.pass(10_000);
    generation = await engine.read(id);
    const signer = new LinkSigner(new SecretBox([{ id: 'one', key: Buffer.alloc(32, 1) }]));
    links = new ResultLinks(signer, engine.store, settings, world.clock);
  });
  afterEach(() => world.end());

  it('leads to its file, for as long as the setting says or was asked for', async () => {
    const { url, expiresAt } = links.of(generation, 0, origin);
    expect(url).toMatch(/^http:\/\/gateway:8080\/links\/[\w-]+\/0\?expires=\d+&signature=[\w-]{43}$/);
    expect(expiresAt - world.clock.now()).toBeGreaterThanOrEqual(DAY);
    expect(expiresAt - world.clock.now()).toBeLessThan(DAY + 1_000);
    expect(await links.read(given(url))).toMatchObject({ generation: { id: generation.id }, position: 0 });
    expect(links.of(generation, 1, origin, 5_000).expiresAt - world.clock.now()).toBeLessThan(6_000);
  });

  it('leads to where the gateway is reached, if that is known', () => {
    publicUrl = 'https://penstock.example';
    expect(links.of(generation, 0, origin).url).toMatch(/^https:\/\/penstock\.example\/links\//);
  });

  it('counts until its time and not a moment longer', async () => {
    const { url, expiresAt } = links.of(generation, 0, origin, 5_000);
    await world.clock.advance(expiresAt - world.clock.now() - 1);
    await expect(links.read(given(url))).resolves.toBeDefined();
    await world.clock.advance(1);
    await expect(links.read(given(url))).rejects.toMatchObject({ code: 'link_expired', category: 'gone' });
  });

  it.each<[string, (link: GivenLink) => Partial<GivenLink>]>([
    ['another generation', () => ({ id: 'video_2' })],
    ['another file', () => ({ position: '1' })],
    ['another spelling of the file', () => ({ position: '00' })],
    ['no number of a file', () => ({ position: 'x' })],
    ['a later end', ({ expires }) => ({ expires: String(Number(expires) + 1) })],
    ['another spelling of the end', ({ expires }) => ({ expires: `0${String(expires)}` })],
    ['no end', () => ({ expires: undefined })],
    ['several ends', ({ expires }) => ({ expires: [expires, expires] })],
    ['no signature', () => ({ signature: undefined })],
    ['an empty signature', () => ({ signature: '' })],
    ['several signatures', ({ signature }) => ({ signature: [signature, signature] })],
    ['another signature', () => ({ signature: 'x'.repeat(43) })],
  ])('is refused with %s', async (_with, change) => {
    const link = given(links.of(generation, 0, origin).url);
    const refused = links.read({ ...link, ...change(link) });
    await expect(refused).rejects.toMatchObject({ code: 'link_not_genuine', category: 'forbidden' });
  });

  it('leads nowhere once the generation is deleted', async () => {
    const { url } = links.of(generation, 0, origin);
    await engine.generations.remove(generation.id, OWNER);
    await expect(links.read(given(url))).rejects.toMatchObject({ code: 'generation_not_found' });
  });
});
