/** Cuts secrets out of a text. */
export type Redact = (text: string) => string;

/** Makes a {@link Redact} for some secrets; an empty one is in no text. */
export function redactorOf(...secrets: readonly string[]): Redact {
  const known = secrets.filter((secret) => secret !== '');
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
}
