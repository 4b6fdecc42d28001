export { AssetS3Module } from './asset-s3.module.js';
export type { AssetS3Options, S3Credentials } from './asset-s3.options.js';
export { S3Storage, type S3Place } from './s3-storage.js';
