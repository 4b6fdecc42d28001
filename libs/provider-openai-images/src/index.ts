export { OpenAiImagesModule } from './openai-images.module.js';
export type { OpenAiImagesOptions } from './openai-images.options.js';
export { OpenAiImagesProvider } from './openai-images.provider.js';
