export { SecretBox } from './secret-box.js';
export { SecretError } from './secrets.errors.js';
export { SecretsModule } from './secrets.module.js';
