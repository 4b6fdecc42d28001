import { Module } from '@nestjs/common';

import { DatabaseBackups } from './database-backups.js';
import { DatabaseCare } from './database-care.js';
import { DatabaseController } from './database.controller.js';
import { DatabaseReport } from './database-report.js';

/** Care for the database, and its part of the admin API. The database itself and `Clock` come from global modules. */
@Module({
  controllers: [DatabaseController],
  providers: [DatabaseBackups, DatabaseCare, DatabaseReport],
})
export class DatabaseOperationsModule {}
