const BOUNDARY = 'the-boundary';

/** The content type of {@link form}. */
export const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

/** One part of a form; `more` goes on after the name in its header. */
export type Part = readonly [name: string, value: string, more?: string];

/** A file as a part. */
export function filePart(
  content: string,
  { name = 'a.png', type = 'image/png', field = 'input_reference' } = {},
): Part {
  return [field, content, `; filename="${name}"\r\ncontent-type: ${type}`];
}

/** A form as bytes, whatever its parts hold. */
export function form(...parts: readonly Part[]): Buffer {
  const lines = parts.map(
    ([name, value, more = '']) =>
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${lines.join('')}--${BOUNDARY}--\r\n`);
}
