import type { OpenAPIObject } from '@nestjs/swagger';
import { PollScheduler } from 'penstock/polling';
import { aPollScheduler } from 'penstock/polling/testing';
import { TokenCacheModule } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { AuthModule, authMigrations } from '../auth/index.js';
import { HealthModule, healthMigrations } from '../health/index.js';
import { errorBodySchema } from '../http/index.js';
import { ADMIN_KEY, startApp, type TestApp } from '../../test/support/start-app.js';
import { TokensModule, tokenMigrations, TokenStorageModule } from '../tokens/index.js';

import { OpenApiModule } from './openapi.module.js';
import { operationsOf } from './operations.js';
import { setupOpenApi } from './setup-openapi.js';

const errorMedia = z.object({
  schema: z.object({ $ref: z.literal('#/components/schemas/ErrorBody') }),
  example: errorBodySchema,
});

describe('OpenApiModule', () => {
  let test: TestApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    test = await startApp({
      imports: [
        TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
        UpstreamModule.forRoot({ isGlobal: true }),
        ...[AuthModule, TokensModule, HealthModule, OpenApiModule],
      ],
      globals: [{ provide: PollScheduler, useFactory: () => aPollScheduler().scheduler }],
      migrations: [...authMigrations, ...tokenMigrations, ...healthMigrations],
      configure: setupOpenApi,
    });
    document = (await test.request('GET', '/openapi.json')).body as OpenAPIObject;
  });

  afterAll(() => test.close());

  it('describes every route', () => {
    expect(Object.keys(document.paths).sort()).toEqual([
      '/admin/keys',
      '/admin/keys/{id}',
      '/admin/tokens',
      '/admin/tokens/export',
      '/admin/tokens/exports',
      '/admin/tokens/{id}',
      '/admin/tokens/{id}/disable',
      '/admin/tokens/{id}/enable',
      '/admin/tokens/{id}/history',
      '/admin/tokens/{id}/refresh',
      '/admin/tokens/{id}/test',
      '/docs',
      '/health/live',
      '/health/ready',
      '/health/startup',
      '/openapi.json',
    ]);
  });

  it('gives every operation a summary, a unique id, a tag and described answers', () => {
    const operations = operationsOf(document);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { summary, tags, responses, operationId } of operations) {
      expect(summary, operationId).toMatch(/\.$/);
      expect(tags, operationId).toHaveLength(1);
      for (const response of Object.values(responses)) {
        expect(response, operationId).toMatchObject({ description: expect.stringMatching(/\.$/) as string });
      }
    }
  });

  it('gives every error the one shape and an example of it', () => {
    let errors = 0;
    for (const { responses, operationId } of operationsOf(document)) {
      for (const [status, response] of Object.entries(responses)) {
        if (Number(status) < 400 || response === undefined || !('content' in response)) continue;
        const media = z.object({ 'application/json': errorMedia }).safeParse(response.content);
        expect(media.error, `${operationId ?? ''} ${status}`).toBeUndefined();
        errors += 1;
      }
    }
    expect(errors).toBeGreaterThan(30);
  });

  it('has the schemas of bodies and parameters', () => {
    const schemas = document.components?.schemas;
    expect(Object.keys(schemas ?? {})).toEqual(
      expect.arrayContaining(['CreateToken', 'Token', 'TokenPage', 'ErrorBody']),
    );
    expect(schemas?.['CreateToken']).toMatchObject({
      required: ['provider', 'label', 'secret'],
      additionalProperties: false,
      properties: { limits: { example: { video: 2 } }, label: { example: 'team-a' } },
    });
    const parameters = document.paths['/admin/tokens']?.get?.parameters ?? [];
    expect(
      parameters.map((parameter) => ('name' in parameter ? [parameter.name, parameter.required] : [])),
    ).toEqual([
      ...['provider', 'state', 'label', 'quotaGroup', 'disabledBy', 'sort', 'limit', 'cursor'].map((name) => [
        name,
        false,
      ]),
    ]);
  });

  it('refers to nothing that is not there', () => {
    const refs = JSON.stringify(document).match(/"#\/components\/schemas\/[^"]+"/g) ?? [];
    const known = Object.keys(document.components?.schemas ?? {});
    for (const ref of new Set(refs)) expect(known).toContain(ref.slice(0, -1).split('/').at(-1));
    expect(JSON.stringify(document)).not.toContain('#/definitions');
  });

  it('asks for a key everywhere but where none is needed', () => {
    expect(document.security).toEqual([{ key: [] }]);
    const open = operationsOf(document).filter(({ security }) => security?.length === 0);
    expect(open.map(({ operationId }) => operationId)).toEqual([
      'Health.live',
      'Health.started',
      'Health.ready',
    ]);
  });

  it('is a page that loads only what is served here', async () => {
    const page = await test.request('GET', '/docs');
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links).toHaveLength(4);
    for (const link of links)
      expect(await test.request('GET', `/${link}`), link).toMatchObject({ status: 200 });
    expect((await test.request('GET', '/docs/start.js')).text).toContain("new URL('openapi.json'");
  });

  it.each(['package.json', 'constructor', '..%2Fpackage.json', 'index.html'])(
    'serves no %s',
    async (name) => {
      expect((await test.request('GET', `/docs/${name}`)).status).toBe(404);
    },
  );

  it('opens in a browser with a key as the password, and not without', async () => {
    const basic = `Basic ${Buffer.from(`me:${ADMIN_KEY}`).toString('base64')}`;
    for (const url of ['/docs', '/openapi.json', '/docs/swagger-ui.css']) {
      expect((await test.request('GET', url, { authorization: null })).status).toBe(401);
      expect((await test.request('GET', url, { authorization: basic })).status).toBe(200);
    }
  });
});
