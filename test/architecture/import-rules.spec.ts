import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** Each a file that must not be, and the rule that must catch it. */
const VIOLATIONS: readonly (readonly [file: string, source: string, rule: string])[] = [
  ['libs/kernel/src/planted.ts', "import 'penstock/concurrency';", 'kernel-imports-only-nothing-of-ours'],
  ['libs/concurrency/src/planted.ts', "import 'penstock/database';", 'concurrency-imports-only-kernel'],
  ['libs/plugin-api/src/planted.ts', "import 'penstock/upstream';", 'plugin-api-imports-only-kernel'],
  [
    'libs/plugin-host/src/planted.ts',
    "import 'penstock/balancer';",
    'plugin-host-imports-only-plugin-api-and-kernel',
  ],
  [
    'libs/database/src/planted.ts',
    "import 'penstock/metrics';",
    'database-imports-only-concurrency-and-kernel',
  ],
  [
    'libs/metrics/src/planted.ts',
    "import 'penstock/database';",
    'metrics-imports-only-concurrency-and-kernel',
  ],
  [
    'libs/upstream/src/planted.ts',
    "import 'penstock/plugin-api';",
    'upstream-imports-only-concurrency-and-kernel',
  ],
  [
    'libs/token-cache/src/planted.ts',
    "import 'penstock/balancer';",
    'token-cache-imports-only-concurrency-and-kernel',
  ],
  [
    'libs/settings/src/planted.ts',
    "import 'penstock/token-cache';",
    'settings-imports-only-database-and-concurrency-and-kernel',
  ],
  [
    'libs/balancer/src/planted.ts',
    "import 'penstock/polling';",
    'balancer-imports-only-token-cache-and-concurrency-and-kernel',
  ],
  [
    'libs/polling/src/planted.ts',
    "import '../../../src/index.js';",
    'polling-imports-only-concurrency-and-kernel',
  ],
  ['libs/batch/src/planted.ts', "import 'penstock/database';", 'batch-imports-only-concurrency-and-kernel'],
  [
    'libs/provider-planted/src/index.ts',
    "import 'penstock/upstream';",
    'providers-import-only-plugin-api-and-kernel',
  ],
  [
    'libs/provider-planted/src/index.ts',
    "import 'penstock/provider-openai-videos';",
    'no-provider-imports-another',
  ],
  ['libs/planted/src/index.ts', '', 'every-lib-has-its-row'],
  ['src/planted.ts', "import 'penstock/provider-openai-videos';", 'only-the-composition-root-names-plugins'],
  ['src/planted.ts', "import '../libs/kernel/src/clock.js';", 'a-lib-is-entered-by-its-index'],
  [
    'libs/database/src/planted.ts',
    "import '../../kernel/src/clock.js';",
    'libs-enter-each-other-by-the-index',
  ],
  ['src/planted.ts', "import '../tools/upstream-simulator/index.js';", 'nothing-imports-programs'],
  ['src/planted.ts', "import 'penstock/kernel/testing';", 'fakes-stay-out-of-the-product'],
  ['examples/planted/index.ts', "import 'penstock/kernel';", 'examples-use-the-public-api-only'],
  ['src/planted.ts', "import 'vitest';", 'runtime-needs-no-dev-dependency'],
  ['src/planted.ts', "import './absent.js';\nimport './planted-too.js';", 'resolvable'],
  ['src/planted-too.ts', "import './planted.js';", 'no-cycles'],
];

describe('the import rules', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-rules-'));
    for (const part of [
      'src',
      'libs',
      'tools',
      'examples',
      'tsconfig.json',
      'package.json',
      '.dependency-cruiser.cjs',
    ]) {
      await cp(join(ROOT, part), join(folder, part), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await put('libs/planted/src/user.ts', "import './index.js';");
  });
  afterAll(() => rm(folder, { recursive: true }));

  const put = async (file: string, source: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${source}\nexport {};\n`);
  };

  it('catch every kind of violation that is planted', async () => {
    const planted = new Map<string, string[]>();
    for (const [file, source] of VIOLATIONS) planted.set(file, [...(planted.get(file) ?? []), source]);
    for (const [file, sources] of planted) await put(file, sources.join('\n'));

    const caught = await violations(folder);

    const expected = VIOLATIONS.map(([file, , rule]) => `${rule} ${file}`);
    expect(expected.filter((violation) => !caught.has(violation))).toEqual([
      'every-lib-has-its-row libs/planted/src/index.ts',
    ]);
    expect(caught).toContain('every-lib-has-its-row libs/planted/src/user.ts');
  });
});

async function violations(folder: string): Promise<ReadonlySet<string>> {
  const cruise = join(ROOT, 'node_modules', '.bin', 'depcruise');
  const parts = ['src', 'libs', 'examples', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout } = await run(cruise, parts, { cwd: folder, maxBuffer: 2 ** 28 }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  const { summary } = JSON.parse(stdout) as {
    readonly summary: { readonly violations: readonly Violation[] };
  };
  return new Set(summary.violations.map(({ rule, from }) => `${rule.name} ${from}`));
}

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}
