/** Where upstreams call back. Its bodies are taken to the byte, since they are signed. */
export const HOOK_ROUTE = '/hooks/:provider/:secret';

/** The path of the route for one provider. */
export const hookPath = (provider: string, secret: string): string => `/hooks/${provider}/${secret}`;
