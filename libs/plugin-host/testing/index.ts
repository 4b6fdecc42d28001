export { registryOf } from './registry-of.js';
export { stubManifest, stubModel, StubProvider } from './stub-provider.js';
