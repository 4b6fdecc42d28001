import {
  ProviderError,
  type InputReference,
  type ProviderRequestBody,
  type SubmitRequest,
} from 'penstock/plugin-api';

/** The body of `POST /videos`: JSON, or a form when a file goes along. */
export async function submitBody(request: SubmitRequest): Promise<ProviderRequestBody> {
  const { model, prompt, parameters, inputReference } = request;
  const fields = { ...parameters, model, prompt };
  if (inputReference === null) return { json: fields };
  switch (inputReference.type) {
    case 'url':
      return { json: { ...fields, input_reference: { image_url: inputReference.url } } };
    case 'upstream-file':
      return { json: { ...fields, input_reference: { file_id: inputReference.fileId } } };
    case 'file':
      return { form: await formOf(fields, inputReference) };
  }
}

async function formOf(
  fields: Readonly<Record<string, string>>,
  file: Extract<InputReference, { readonly type: 'file' }>,
): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const content = await file.open().catch((cause: unknown) => {
    if (cause instanceof ProviderError) throw cause;
    const message = `The input reference ${file.filename} could not be read; nothing was sent.`;
    throw new ProviderError({ kind: 'transient', retryAfterMs: null }, message, { cause });
  });
  form.append('input_reference', content.slice(0, content.size, file.contentType), file.filename);
  return form;
}
