import type { JsonValue } from 'penstock/kernel';

/** The first text among the places where APIs tell what went wrong, otherwise the body itself. */
export function describeAnswer(body: JsonValue): string {
  return (messageIn(body) ?? JSON.stringify(body)).replace(/\s+/g, ' ').trim();
}

function messageIn(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !isObject(value)) return undefined;
  return messageIn(value['error']) ?? messageIn(value['message']) ?? messageIn(value['detail']);
}

const isObject = (value: object): value is Readonly<Record<string, JsonValue>> => !Array.isArray(value);
