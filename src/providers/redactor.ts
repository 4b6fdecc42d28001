/** Cuts secrets out of a text. */
export type Redact = (text: string) => string;

/** Makes a {@link Redact} for one secret; an empty one is in no text. */
export function redactorOf(secret: string): Redact {
  return secret === '' ? (text) => text : (text) => text.replaceAll(secret, '[redacted]');
}
