import { defineConfig } from 'vitest/config';

/** Those that need a PostgreSQL server, which is started for them. */
const POSTGRES = ['libs/**/*.postgres.spec.ts', 'test/{integration,e2e}/postgres*.spec.ts'];

const project = (name: string, include: string[], testTimeout: number) => ({
  extends: true as const,
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: Math.max(testTimeout, 30_000),
    exclude: ['**/node_modules/**', ...(name === 'postgres' ? [] : POSTGRES)],
    globalSetup: name === 'postgres' ? ['./test/support/postgres-server.ts'] : [],
  },
});

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    environment: 'node',
    passWithNoTests: false,
    setupFiles: ['./test/support/setup.ts'],
    projects: [
      project('unit', ['{src,libs,tools,bench,examples}/**/*.spec.ts'], 30_000),
      project('integration', ['test/{architecture,integration}/**/*.spec.ts'], 60_000),
      project('e2e', ['test/e2e/**/*.spec.ts'], 180_000),
      project('postgres', POSTGRES, 180_000),
    ],
  },
});
