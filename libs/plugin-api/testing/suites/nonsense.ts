import type { JsonValue } from 'penstock/kernel';

import { type Mutation, mutationsOf } from '../mutations.js';
import type { Answer, Reply } from '../reply.js';

/** Successes that no upstream means. */
export const NONSENSE: readonly { readonly title: string; readonly reply: Reply }[] = [
  {
    title: 'JSON that breaks off',
    reply: { headers: { 'content-type': 'application/json' }, text: '{"id": "x' },
  },
  {
    title: 'a page of HTML',
    reply: { headers: { 'content-type': 'text/html' }, text: '<html>Welcome</html>' },
  },
  { title: 'a connection that breaks off', reply: { json: { id: 'x'.repeat(1000) }, fault: 'cut-off' } },
  { title: 'nothing', reply: { text: '' } },
  { title: 'null', reply: { json: null } },
  { title: 'a number', reply: { json: 42 } },
  { title: 'an empty list', reply: { json: [] } },
  { title: 'an empty object', reply: { json: {} } },
];

/** A good answer with one place of its JSON spoiled. */
export interface SpoiledReply {
  readonly title: string;
  readonly reply: Reply;
}

/** Every spoiled form of a good answer; none where it is not JSON, or is made from the request. */
export function spoiled(
  good: Answer,
  mutate: (value: JsonValue) => readonly Mutation[] = mutationsOf,
): readonly SpoiledReply[] {
  if (typeof good === 'function' || good.json === undefined) return [];
  return mutate(good.json).map(({ title, value }) => ({ title, reply: { ...good, json: value } }));
}
