import { Module } from '@nestjs/common';

import { SessionMetrics } from './session-metrics.js';
import { SessionsController } from './sessions.controller.js';

/** Sessions for operators. `SessionPool`, `EdgeStates` and `AppMetrics` come from global modules. */
@Module({ controllers: [SessionsController], providers: [SessionMetrics] })
export class SessionsModule {}
