import type { ModelDescription } from './manifest.js';

/** What most providers let an application choose. */
export interface ProviderOptions<Model extends ModelDescription = ModelDescription> {
  /** Where the API is, for tokens that name no base URL of their own; without a trailing slash. */
  readonly baseUrl?: string;
  /** The models that the upstream offers. */
  readonly models?: readonly Model[];
}

/**
 * Fills in the defaults of a provider.
 *
 * @throws RangeError when `baseUrl` is no HTTP URL or ends with a slash, or `models` is empty or names one twice
 */
export function resolveProviderOptions<Model extends ModelDescription>(
  options: ProviderOptions<Model>,
  defaults: Required<ProviderOptions<Model>>,
): Required<ProviderOptions<Model>> {
  const { baseUrl = defaults.baseUrl, models = defaults.models } = options;
  if (!/^https?:\/\/[^/]/.test(baseUrl) || baseUrl.endsWith('/')) {
    throw new RangeError(
      `baseUrl must be an http(s) URL without a trailing slash, got ${JSON.stringify(baseUrl)}`,
    );
  }
  if (models.length === 0) throw new RangeError('models must name at least one model, got none');
  const ids = models.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new RangeError(`models must have different ids, got ${JSON.stringify(twice)} twice`);
  }
  return Object.freeze({ baseUrl, models });
}
