import { Test } from '@nestjs/testing';
import { UrlGuard } from 'penstock/upstream';
import { expect, it } from 'vitest';

import { loadConfig, PenstockConfigModule } from '../config/index.js';
import { OutgoingModule } from './index.js';

it.each([
  ['false', false],
  ['true', true],
])('private and plain URLs are as PENSTOCK_ALLOW_PRIVATE_URLS=%s says', async (value, allowed) => {
  const config = PenstockConfigModule.forRoot(loadConfig({ PENSTOCK_ALLOW_PRIVATE_URLS: value }));
  const parts = await Test.createTestingModule({ imports: [config, OutgoingModule] }).compile();
  expect(parts.get(UrlGuard).policy).toEqual({ allowHttp: allowed, allowPrivate: allowed });
});
