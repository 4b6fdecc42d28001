import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { gatewayEnvironment } from './gateway-environment.js';

it('measures a gateway with the options that `npm start` gives it', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  const { NODE_OPTIONS } = gatewayEnvironment('/tmp');
  expect(scripts.start).toBe(`node ${String(NODE_OPTIONS)} dist/src/main.js`);
});
