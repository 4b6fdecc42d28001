import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AssetSink } from 'penstock/plugin-api';

import { MODULE_OPTIONS_TOKEN, type AssetDiskOptions } from './asset-disk.module-definition.js';
import { DiskStorage } from './disk-storage.js';

/** The sink `disk`: files in a folder of this machine. What a process that was killed left unfinished goes at the start. */
@AssetSink({ name: 'disk' })
@Injectable()
export class DiskSink extends DiskStorage implements OnModuleInit {
  constructor(@Inject(MODULE_OPTIONS_TOKEN) { folder }: AssetDiskOptions) {
    super(folder);
  }

  async onModuleInit(): Promise<void> {
    await this.tidy();
  }
}
