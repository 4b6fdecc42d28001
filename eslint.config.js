import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';

const tests = ['**/*.spec.ts', 'test/**/*.ts', 'libs/*/testing/**/*.ts'];

// On Node 20 each property behind a spread takes two thirds of a microsecond.
const NESTED_LITERAL = {
  selector: 'ObjectExpression > SpreadElement > ObjectExpression',
  message: 'Write the properties without the literal around them.',
};

export default tseslint.config(
  { ignores: ['dist', 'data', 'coverage', 'node_modules'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { tsdoc },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'tsdoc/syntax': 'error',
      complexity: ['error', 10],
      'no-console': 'error',
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config reads the environment.' },
        { object: 'vi', property: 'mock', message: 'Use a fake from the lib’s testing folder.' },
        { object: 'Date', property: 'now', message: 'Inject Clock (penstock/kernel).' },
        { object: 'Math', property: 'random', message: 'Inject Random (penstock/kernel).' },
        {
          object: 'AbortSignal',
          property: 'any',
          message:
            'On Node 20 every call leaves an entry in its sources for as long as they live. Use Clock.sleep(ms, ...signals), or listen and stop listening.',
        },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      // Ports and options are abstract classes, so that they can be injected; plain objects fulfil them by design.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': [
        'error',
        { allow: [{ from: 'file', name: ['Generation', 'GenerationSettings'] }] },
      ],
    },
  },
  {
    // Constructors take their dependencies; only methods and functions count parameters.
    files: ['**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(FunctionDeclaration, ArrowFunctionExpression)[params.length>4]',
          message: 'At most 4 parameters: pass an object.',
        },
        {
          selector: 'MethodDefinition[kind="method"] > FunctionExpression[params.length>4]',
          message: 'At most 4 parameters: pass an object.',
        },
        NESTED_LITERAL,
      ],
    },
  },
  {
    // Nest hands a handler each part of the request as a parameter of its own.
    files: ['**/*.controller.ts'],
    rules: { 'no-restricted-syntax': ['error', NESTED_LITERAL] },
  },
  {
    files: [
      'src/config/**/*.ts',
      'libs/kernel/src/*-{clock,random}.ts',
      'tools/**/*.ts',
      'bench/**/*.ts',
      ...tests,
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['tools/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['*.config.ts', 'ormconfig.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['tools/**/*.ts', 'bench/**/*.ts', ...tests],
    rules: {
      'no-restricted-properties': ['error', { object: 'vi', property: 'mock', message: 'Use a fake.' }],
    },
  },
);
