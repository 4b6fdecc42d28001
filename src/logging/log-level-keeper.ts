import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from 'penstock/settings';

import { loggingSettings } from './logging.settings.js';

/** Keeps the level of the process's logger at what the settings say. */
@Injectable()
export class LogLevelKeeper {
  constructor(settings: Settings) {
    settings.follow(loggingSettings, ({ level }) => {
      PinoLogger.root.level = level;
    });
  }
}
