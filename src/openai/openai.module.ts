import { Module } from '@nestjs/common';

import { ModelsController } from './models.controller.js';
import { VideoUploads } from './video-uploads.js';
import { VideosController } from './videos.controller.js';
import { VideosService } from './videos.service.js';

/** The façade that the OpenAI SDKs speak to. Needs the global `GenerationsModule`. */
@Module({
  controllers: [ModelsController, VideosController],
  providers: [VideosService, VideoUploads],
})
export class OpenAiModule {}
