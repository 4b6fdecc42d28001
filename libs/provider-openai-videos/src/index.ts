export { OpenAiVideosModule } from './openai-videos.module.js';
export type { OpenAiVideosOptions, VideoModel } from './openai-videos.options.js';
export { OpenAiVideosProvider } from './openai-videos.provider.js';
