import { DiscoveryService } from '@nestjs/core';

import type { ProviderManifest } from './manifest.js';

/**
 * Marks a Nest provider as a Penstock provider. The class implements {@link Provider} and is listed in the `providers`
 * of a module of its own; its dependencies come by constructor. The host checks the manifest at start.
 *
 * @example
 * ```ts
 * @ProviderPlugin({ name: 'acme', apiVersion: 1, kinds: ['video'], models: [...], baseUrl: 'https://api.acme.test' })
 * export class AcmeProvider implements Provider { ... }
 * ```
 */
export const ProviderPlugin = DiscoveryService.createDecorator<ProviderManifest>();
