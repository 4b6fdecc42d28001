import { describe, inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL of the server for tests; `null` where there is none. */
    postgresUrl: string | null;
  }
}

/** Describes what needs a PostgreSQL server; skipped where the setup of the tests found none. @param url - of the server */
export function describePostgres(name: string, describeIt: (url: string) => void): void {
  const url = inject('postgresUrl');
  describe.skipIf(url === null)(name, () => {
    if (url !== null) describeIt(url);
  });
}
