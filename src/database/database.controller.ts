import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/api-errors.js';
import { DatabaseBackups } from './database-backups.js';
import { DatabaseReport } from './database-report.js';
import {
  backupSchema,
  databaseSchema,
  makeBackupSchema,
  type BackupView,
  type DatabaseView,
  type MakeBackupBody,
} from './database.schemas.js';

/** The database, for those who operate it. */
@ApiTags('Admin: database')
@RequireScope('admin')
@Controller('admin/database')
export class DatabaseController {
  constructor(
    private readonly report: DatabaseReport,
    private readonly backups: DatabaseBackups,
  ) {}

  @Get()
  @ApiOperation({ summary: 'See how the database is: connections, waits, sizes, the last check and backup.' })
  @ApiResponse({ status: 200, standardSchema: databaseSchema, description: 'The database at this moment.' })
  @ApiErrors(401, 403, 503)
  read(): Promise<DatabaseView> {
    return this.report.read();
  }

  @Post('backup')
  @ApiOperation({ summary: 'Make a backup of the SQLite file, while everything goes on. One at a time.' })
  @ApiResponse({
    status: 201,
    standardSchema: backupSchema,
    description: 'The backup is on disk, and sound.',
  })
  @ApiErrors(400, 401, 403, 409, 503)
  backUp(@Body({ schema: makeBackupSchema }) { name }: MakeBackupBody): Promise<BackupView> {
    return this.backups.make(name);
  }
}
