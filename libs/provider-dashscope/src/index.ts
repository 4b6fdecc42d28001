export { DashScopeModule } from './dashscope.module.js';
export type { DashScopeOptions } from './dashscope.options.js';
export { DashScopeProvider } from './dashscope.provider.js';
