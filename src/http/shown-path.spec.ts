import { expect, it } from 'vitest';

import { shownPath } from './shown-path.js';

it.each([
  ['/v1/generations?wait=20', '/v1/generations'],
  ['/hooks/replicate/s3cret', '/hooks/replicate/***'],
  ['/hooks/replicate/s3cret?a=b', '/hooks/replicate/***'],
  ['/hooks/replicate/s3cret/', '/hooks/replicate/***'],
  ['//hooks//luma//s3cret/more', '//hooks//luma//***'],
  ['/hooks//s3cret', '/hooks//***'],
  ['/admin/hooks/replicate/secrets', '/admin/hooks/replicate/secrets'],
  ['/hooks', '/hooks'],
  ['', ''],
])('shows %j as %j', (url, shown) => {
  expect(shownPath(url)).toBe(shown);
});
