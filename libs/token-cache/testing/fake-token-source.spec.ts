import type { TokenSource } from 'penstock/token-cache';

import { aToken, describeTokenSource, FakeTokenSource } from './index.js';

describeTokenSource('FakeTokenSource', () => {
  const source = new FakeTokenSource();
  return {
    source: source satisfies TokenSource,
    create: (enabled) => {
      const token = aToken({ id: `token-${source.rows.size}`, enabled });
      source.save(token);
      return Promise.resolve(token.id);
    },
    change: (id) => {
      const row = source.rows.get(id);
      if (row !== undefined) source.save({ ...row, version: row.version + 1 });
      return Promise.resolve();
    },
    delete: (id) => {
      source.delete(id);
      return Promise.resolve();
    },
  };
});
