import { modelParametersOf } from '../model-parameters.js';
import type { CreateImageBody } from './image.schemas.js';

const OWN = new Set([
  ...['model', 'prompt', 'n', 'response_format', 'user', 'stream'],
  ...['priority', 'webhook_url'],
]);

/** The parameters of the model in a request. `auto` is a way of the OpenAI API to leave one out. */
export function imageParametersOf(body: CreateImageBody): Record<string, string> {
  const given = Object.entries(modelParametersOf(body, OWN));
  return Object.fromEntries(given.filter(([, value]) => value !== 'auto'));
}
