import { CreateAssetCopies1764000060000 } from './1764000060000-create-asset-copies.js';

/** Migrations of this part, oldest first. */
export const assetMigrations = [CreateAssetCopies1764000060000];
