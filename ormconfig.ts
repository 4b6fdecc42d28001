import { createDataSource } from 'penstock/database';

import { readConfig } from './src/config/index.js';
import { migrations } from './src/migrations.js';

/** What the TypeORM command line works on: `npx typeorm migration:show -d dist/ormconfig.js`. */
const { database } = await readConfig();

export default createDataSource({ ...database, migrations, migrationsRun: false });
