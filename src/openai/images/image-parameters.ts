import type { CreateImageBody } from './image.schemas.js';

const OURS = new Set([
  ...['model', 'prompt', 'n', 'response_format', 'user', 'stream'],
  ...['priority', 'webhook_url'],
]);

/** The parameters of the model in a request. `null` and `auto` are ways of the OpenAI API to leave one out. */
export function imageParametersOf(body: CreateImageBody): Record<string, string> {
  const parameters = Object.entries(body).filter(
    ([name, value]) => !OURS.has(name) && value !== null && value !== undefined && value !== 'auto',
  );
  return Object.fromEntries(parameters.map(([name, value]) => [name, String(value)]));
}
