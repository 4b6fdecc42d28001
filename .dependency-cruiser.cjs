/**
 * The import rules of the design (docs/architecture.md), one rule an edge. A lib may import only what stands in its
 * row; what nobody lists is forbidden. test/architecture proves that each kind of violation is caught.
 */
const LIBS = {
  kernel: [],
  concurrency: ['kernel'],
  'plugin-api': ['kernel'],
  'plugin-host': ['plugin-api', 'kernel'],
  database: ['concurrency', 'kernel'],
  metrics: ['concurrency', 'kernel'],
  settings: ['database', 'concurrency', 'kernel'],
  upstream: ['concurrency', 'kernel'],
  'token-cache': ['concurrency', 'kernel'],
  balancer: ['token-cache', 'concurrency', 'kernel'],
  polling: ['concurrency', 'kernel'],
  batch: ['concurrency', 'kernel'],
};
const PROVIDER = { from: '^libs/(provider|asset)-[^/]+/', may: ['plugin-api', 'kernel'] };

const others = (name, may) => [name, ...may].join('|');
const isTest = '\\.spec\\.ts$|/testing/';

module.exports = {
  forbidden: [
    ...Object.entries(LIBS).map(([name, may]) => ({
      name: `${name}-imports-only-${may.length === 0 ? 'nothing-of-ours' : may.join('-and-')}`,
      severity: 'error',
      from: { path: `^libs/${name}/` },
      to: { path: '^(libs|src|tools|bench|examples)/', pathNot: `^libs/(${others(name, may)})/` },
    })),
    {
      name: `providers-import-only-${PROVIDER.may.join('-and-')}`,
      severity: 'error',
      from: { path: PROVIDER.from, pathNot: isTest },
      to: {
        path: '^(libs|src|tools|bench|examples)/',
        pathNot: `^libs/(${PROVIDER.may.join('|')})/|^libs/(provider|asset)-`,
      },
    },
    {
      name: 'no-provider-imports-another',
      severity: 'error',
      from: { path: '^libs/((provider|asset)-[^/]+)/' },
      to: { path: '^libs/(provider|asset)-', pathNot: '^libs/$1/' },
    },
    {
      name: 'every-lib-has-its-row',
      comment:
        'A new lib is added to LIBS above (or is named provider-* or asset-*) before anything imports it.',
      severity: 'error',
      from: {},
      to: { path: '^libs/', pathNot: `^libs/(${Object.keys(LIBS).join('|')}|(provider|asset)-[^/]+)/` },
    },
    {
      name: 'only-the-composition-root-names-plugins',
      comment: 'Tests may use a plugin that comes with it, such as the sink on the disk.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(app\\.module)\\.ts$|${isTest}` },
      to: { path: '^libs/(provider|asset)-' },
    },
    {
      name: 'examples-use-the-public-api-only',
      comment: 'The SPI, and the libs whose contracts of strategies and operations a plugin implements.',
      severity: 'error',
      from: { path: '^examples/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(libs|src|tools|bench)/',
        pathNot: '^libs/(plugin-api|balancer|polling|batch)/src/index\\.ts$',
      },
    },
    {
      name: 'nothing-imports-programs',
      comment: 'tools and bench are programs over the product; the product knows nothing of them.',
      severity: 'error',
      from: { path: '^(src|libs)/', pathNot: isTest },
      to: { path: '^(tools|bench|test)/' },
    },
    {
      name: 'a-lib-is-entered-by-its-index',
      severity: 'error',
      from: { path: '^(src|tools|bench|test|examples)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/(src|testing)/index\\.ts$' },
    },
    {
      name: 'libs-enter-each-other-by-the-index',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/(src|testing)/index\\.ts$|^libs/$1/' },
    },
    {
      name: 'fakes-stay-out-of-the-product',
      severity: 'error',
      from: { path: '^(src|libs/[^/]+/src)/', pathNot: '\\.spec\\.ts$|/testing/' },
      to: { path: '^libs/[^/]+/testing/|^src/.+/testing/|\\.spec\\.ts$|^test/' },
    },
    {
      name: 'no-cycles',
      comment: 'What runs goes one way. Two files may name each other in types, which are gone when it runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { pathNot: 'node_modules', dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'runtime-needs-no-dev-dependency',
      severity: 'error',
      from: { path: '^(src|libs/[^/]+/src)/', pathNot: isTest },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
