import { describe, expect, it } from 'vitest';

import { loadConfig, type Environment } from './load-config.js';
import { problemsOf } from './testing/problems-of.js';

describe('the configuration of S3', () => {
  const BUCKET = { PENSTOCK_S3_BUCKET: 'films' };
  const KEYS = { PENSTOCK_S3_ACCESS_KEY_ID: 'AKIA1', PENSTOCK_S3_SECRET_ACCESS_KEY: 'not+shown/1' };

  it('needs a bucket alone', () => {
    expect(loadConfig(BUCKET).s3).toEqual({
      bucket: 'films',
      endpoint: null,
      region: 'us-east-1',
      forcePathStyle: false,
      prefix: 'penstock/',
      credentials: null,
    });
  });

  it('takes every variable', () => {
    const more = {
      PENSTOCK_S3_ENDPOINT: 'http://127.0.0.1:9000',
      PENSTOCK_S3_REGION: 'eu-central-1',
      PENSTOCK_S3_FORCE_PATH_STYLE: 'true',
      PENSTOCK_S3_PREFIX: 'a/b/',
    };
    expect(loadConfig({ ...BUCKET, ...KEYS, ...more }).s3).toEqual({
      bucket: 'films',
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu-central-1',
      forcePathStyle: true,
      prefix: 'a/b/',
      credentials: { accessKeyId: 'AKIA1', secretAccessKey: 'not+shown/1' },
    });
  });

  it.each<[string, Environment]>([
    ['PENSTOCK_S3_BUCKET', { PENSTOCK_S3_BUCKET: 'a b' }],
    ['PENSTOCK_S3_BUCKET', { PENSTOCK_S3_ENDPOINT: 'http://127.0.0.1:9000' }],
    ['PENSTOCK_S3_BUCKET', KEYS],
    ['PENSTOCK_S3_ENDPOINT', { ...BUCKET, PENSTOCK_S3_ENDPOINT: 'ftp://x' }],
    ['PENSTOCK_S3_ENDPOINT', { ...BUCKET, PENSTOCK_S3_ENDPOINT: 'http://user:not+shown/1@x' }],
    ['PENSTOCK_S3_REGION', { ...BUCKET, PENSTOCK_S3_REGION: 'x y' }],
    ['PENSTOCK_S3_FORCE_PATH_STYLE', { ...BUCKET, PENSTOCK_S3_FORCE_PATH_STYLE: 'yes' }],
    ['PENSTOCK_S3_PREFIX', { ...BUCKET, PENSTOCK_S3_PREFIX: 'no-slash' }],
    ['PENSTOCK_S3_SECRET_ACCESS_KEY', { ...BUCKET, PENSTOCK_S3_ACCESS_KEY_ID: 'AKIA1' }],
    ['PENSTOCK_S3_ACCESS_KEY_ID', { ...BUCKET, PENSTOCK_S3_SECRET_ACCESS_KEY: 'not+shown/1' }],
    ['PENSTOCK_S3_SECRET_ACCESS_KEY', { ...BUCKET, ...KEYS, PENSTOCK_S3_SECRET_ACCESS_KEY: 'not+shown/1 x' }],
  ])('names %s, and shows no secret', (variable, environment) => {
    const { problems, message } = problemsOf(environment);
    expect(problems.map((problem) => problem.variable)).toEqual([variable]);
    expect(message).not.toContain('not+shown/1');
  });
});
