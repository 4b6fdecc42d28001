import { Module } from '@nestjs/common';
import { SettingsModule } from 'penstock/settings';

import { LinksModule } from '../links/index.js';
import { ChatController } from './chat/chat.controller.js';
import { ChatService } from './chat/chat.service.js';
import { ChatStream } from './chat/chat-stream.js';
import { facadeSettings } from './facade.settings.js';
import { ImageFiles } from './images/image-files.js';
import { ImagesController } from './images/images.controller.js';
import { ImagesService } from './images/images.service.js';
import { ModelsController } from './models.controller.js';
import { VideoUploads } from './video-uploads.js';
import { VideosController } from './videos.controller.js';
import { VideosService } from './videos.service.js';

/** The façade that the OpenAI SDKs speak to. Needs the global `GenerationsModule`. */
@Module({
  imports: [SettingsModule.forFeature([facadeSettings]), LinksModule],
  controllers: [ChatController, ImagesController, ModelsController, VideosController],
  providers: [ChatService, ChatStream, ImageFiles, ImagesService, VideosService, VideoUploads],
})
export class OpenAiModule {}
