export { AssetsModule } from './assets.module.js';
export { assetMigrations } from './migrations/index.js';
