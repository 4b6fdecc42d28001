import type { FastifyRequest } from 'fastify';

import type { Reference } from '../../core/job.js';
import { Refusal } from '../../core/refusal.js';

/** The fields of a request, from JSON or from a form. */
export interface Form {
  readonly fields: Readonly<Record<string, unknown>>;
  /** An uploaded `input_reference`. */
  readonly file: Reference | null;
  /** Why the body could not be read. */
  readonly problem: Refusal | null;
}

/** Reads a body to its end. It never throws: a body that cannot be read is a {@link Form} with a problem. */
export async function readForm(request: FastifyRequest): Promise<Form> {
  try {
    return request.isMultipart() ? await readMultipart(request) : readJson(request.body);
  } catch {
    const problem = new Refusal('invalid-request', 'We could not parse the body of your request.');
    return { fields: {}, file: null, problem };
  }
}

function readJson(body: unknown): Form {
  const parsed: unknown = JSON.parse(typeof body === 'string' ? body : '');
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new SyntaxError('not an object');
  return { fields: { ...parsed }, file: null, problem: null };
}

async function readMultipart(request: FastifyRequest): Promise<Form> {
  const fields: Record<string, unknown> = {};
  let file: Reference | null = null;
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      let bytes = 0;
      for await (const chunk of part.file) bytes += (chunk as Buffer).length;
      if (part.fieldname === 'input_reference') file = { source: 'file', bytes, contentType: part.mimetype };
    } else {
      setField(fields, part.fieldname, part.value);
    }
  }
  return { fields, file, problem: null };
}

/** `a[b]` is how forms write the field `b` of the object `a`. */
function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  const [, parent, child] = /^(\w+)\[(\w+)\]$/.exec(name) ?? [];
  if (parent === undefined || child === undefined) {
    fields[name] = value;
    return;
  }
  const known = fields[parent];
  fields[parent] = { ...(typeof known === 'object' ? known : {}), [child]: value };
}
