import { expect, it } from 'vitest';

import { assetSection } from './assets.settings.js';

it('takes the sinks that there are, and names them for one that is not', () => {
  const section = assetSection({ names: () => ['disk', 'bucket'] });
  expect(section.check({ sink: 'bucket' })).toMatchObject({ fits: true });
  const refused = section.check({ keep: true, sink: 'buckte' });
  expect(refused).toMatchObject({ fits: false, issues: [{ path: ['sink'] }] });
  expect(JSON.stringify(refused)).toContain('expected one of disk, bucket');
});
