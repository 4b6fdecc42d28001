export { AssetDiskModule } from './asset-disk.module.js';
export type { AssetDiskOptions } from './asset-disk.module-definition.js';
export { DiskStorage } from './disk-storage.js';
