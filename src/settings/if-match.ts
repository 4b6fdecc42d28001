import { createParamDecorator, HttpException, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CodedError } from 'penstock/kernel';

const ENTITY_TAG = /^"(\d{1,10})"$/;
const PRECONDITION_REQUIRED = 428;
const SHOWN_CHARACTERS = 60;

/** The entity tag of a version, as `ETag` carries it. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The version that a change is meant for, out of `If-Match`. Neither a list nor `*`: a change is made to what was looked at.
 *
 * @throws HttpException 428 without the header; CodedError `invalid_value` for one that is no entity tag of ours
 */
export function versionIn(header: string | undefined): number {
  if (header === undefined) {
    const message =
      'If-Match is missing. Send the ETag of the settings that you looked at, such as If-Match: "3".';
    throw new HttpException(message, PRECONDITION_REQUIRED);
  }
  const [, version] = ENTITY_TAG.exec(header.trim()) ?? [];
  if (version !== undefined) return Number(version);
  const message = `If-Match: got ${header.slice(0, SHOWN_CHARACTERS)}; expected the ETag of the settings, such as "3".`;
  throw new CodedError('invalid_value', 'invalid_input', message, { field: 'If-Match' });
}

/** Parameter: the version that `If-Match` names. */
export const ExpectedVersion = createParamDecorator((_: unknown, context: ExecutionContext): number =>
  versionIn(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);
