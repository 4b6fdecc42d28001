import type { JsonValue } from 'penstock/kernel';
import { FormData as UndiciFormData } from 'undici';

/** A body to send: JSON, a form with files, or the fields of a form without. */
export type UpstreamBody =
  | { readonly json: JsonValue }
  | { readonly form: FormData }
  | { readonly urlencoded: Readonly<Record<string, string>> };

/** A body as undici takes it, with the headers that describe it. */
export interface EncodedBody {
  readonly body: string | UndiciFormData | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Encodes a body. A form gets its content type, with the boundary, from undici. */
export function encodeBody(body: UpstreamBody | undefined): EncodedBody {
  if (body === undefined) return { body: null, headers: {} };
  if ('json' in body) {
    return { body: JSON.stringify(body.json), headers: { 'content-type': 'application/json' } };
  }
  if ('urlencoded' in body) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { body: new URLSearchParams(body.urlencoded).toString(), headers };
  }
  return { body: copyForm(body.form), headers: {} };
}

/** The undici package sends only forms of its own class, not those of the engine's global one. */
function copyForm(form: FormData): UndiciFormData {
  const copy = new UndiciFormData();
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
