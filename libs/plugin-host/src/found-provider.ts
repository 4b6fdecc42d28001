/** A decorated instance in the application, before anything of it was checked. */
export interface FoundProvider {
  /** What `@ProviderPlugin` was given. Plugins may be plain JavaScript, so its type is not taken for granted. */
  readonly manifest: unknown;
  readonly instance: object;
  readonly className: string;
  /** The class name of the Nest module that lists it. */
  readonly module: string;
  /** Whether there is one instance for the whole application. */
  readonly isSingleton: boolean;
}

/** Where a {@link ProviderRegistry} takes its providers from. */
export interface ProviderSource {
  explore(): readonly FoundProvider[];
}

/** How messages name a provider. */
export function describeFound({ className, module }: FoundProvider): string {
  return `${className} (module ${module})`;
}
