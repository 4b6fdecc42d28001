import { type ModelDescription, PLUGIN_API_VERSION, type ProviderManifest } from 'penstock/plugin-api';

type Unchecked<T> = { readonly [Key in keyof T]?: unknown };

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** What is wrong with a manifest: a sentence or two for each problem, none when it is sound. */
export function manifestProblems(manifest: Unchecked<ProviderManifest>): readonly string[] {
  const { name, apiVersion, kinds, models, baseUrl, pollsPerMinute, submitTimeoutMs, callbacks } = manifest;
  return [
    ...nameProblems('name', name, 'openai-videos'),
    ...(apiVersion === PLUGIN_API_VERSION
      ? []
      : [
          `apiVersion must be ${PLUGIN_API_VERSION}, got ${show(apiVersion)}. Use a version of the plugin that was written for this one.`,
        ]),
    ...kindProblems(kinds),
    ...modelsProblems(models, Array.isArray(kinds) ? kinds : []),
    ...baseUrlProblems(baseUrl),
    ...rateProblems(pollsPerMinute),
    ...timeoutProblems(submitTimeoutMs),
    ...callbackProblems(callbacks),
  ];
}

function nameProblems(field: string, name: unknown, example: string): readonly string[] {
  if (typeof name === 'string' && NAME.test(name)) return [];
  return [
    `${field} must be lower-case letters, digits and single hyphens, such as "${example}"; got ${show(name)}.`,
  ];
}

function kindProblems(kinds: unknown): readonly string[] {
  if (!Array.isArray(kinds) || kinds.length === 0) {
    return [`kinds must list at least one kind, such as "video"; got ${show(kinds)}.`];
  }
  return kinds.flatMap((kind: unknown, index) => nameProblems(`kinds[${index}]`, kind, 'video'));
}

function modelsProblems(models: unknown, kinds: readonly unknown[]): readonly string[] {
  if (!Array.isArray(models) || models.length === 0) {
    return [`models must list at least one model; got ${show(models)}.`];
  }
  const ids = models.map((model: unknown) => (isRecord(model) ? model['id'] : undefined));
  const repeated = new Set(ids.filter((id, index) => typeof id === 'string' && ids.indexOf(id) !== index));
  return [
    ...models.flatMap((model: unknown, index) => modelProblems(`models[${index}]`, model, kinds)),
    ...[...repeated].map((id) => `models lists the id ${show(id)} more than once. Drop or rename one.`),
  ];
}

function modelProblems(field: string, model: unknown, kinds: readonly unknown[]): readonly string[] {
  if (!isRecord(model)) return [`${field} must be a model description; got ${show(model)}.`];
  const { id, kind, parameters }: Unchecked<ModelDescription> = model;
  const problems: string[] = [];
  if (typeof id !== 'string' || id === '') problems.push(`${field}.id must be a text; got ${show(id)}.`);
  if (!kinds.includes(kind)) {
    problems.push(
      `${field}.kind is ${show(kind)}, which is not among kinds ${show(kinds)}. Add it there, or mend it.`,
    );
  }
  if (!isRecord(parameters)) problems.push(`${field}.parameters must be an object; got ${show(parameters)}.`);
  else problems.push(...parameterProblems(`${field}.parameters`, parameters));
  return problems;
}

function parameterProblems(field: string, parameters: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(parameters).flatMap(([name, parameter]) => {
    if (!isRecord(parameter)) return [`${field}.${name} must be an object; got ${show(parameter)}.`];
    const { values, default: fallback } = parameter;
    if (values === undefined || fallback === undefined) return [];
    if (Array.isArray(values) && values.includes(fallback)) return [];
    return [`${field}.${name}.default is ${show(fallback)}, which is not among its values ${show(values)}.`];
  });
}

function baseUrlProblems(baseUrl: unknown): readonly string[] {
  const url = typeof baseUrl === 'string' && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isSound =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.search + url.hash === '' &&
    !String(baseUrl).endsWith('/');
  if (isSound) return [];
  return [
    `baseUrl must be an http or https URL without query and trailing slash, such as "https://api.example.com/v1"; got ${show(baseUrl)}.`,
  ];
}

function rateProblems(rate: unknown): readonly string[] {
  if (rate === undefined || (Number.isInteger(rate) && Number(rate) >= 1)) return [];
  return [`pollsPerMinute must be an integer of at least 1, or left out for any number; got ${show(rate)}.`];
}

function timeoutProblems(timeoutMs: unknown): readonly string[] {
  const isSound = Number.isInteger(timeoutMs) && Number(timeoutMs) >= 1 && Number(timeoutMs) <= 3_600_000;
  if (timeoutMs === undefined || isSound) return [];
  return [
    `submitTimeoutMs must be an integer from 1 to 3600000, or left out for the setting; got ${show(timeoutMs)}.`,
  ];
}

function callbackProblems(callbacks: unknown): readonly string[] {
  if (callbacks === undefined || callbacks === 'signed' || callbacks === 'unsigned') return [];
  return [`callbacks must be "signed" or "unsigned", or left out for "signed"; got ${show(callbacks)}.`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
