/** What a client is told of a request that Fastify refused before any of our code saw it. */
export interface FastifyProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const KNOWN: Readonly<Record<string, Omit<FastifyProblem, 'status'>>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'body_too_large',
    message: 'The body is larger than this route takes.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'This content-type is not understood here. Send application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'bad_request',
    message: 'The body is not as long as content-length says.',
  },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'bad_url', message: 'A part of the path is longer than any id.' },
  FST_ERR_BAD_URL: { code: 'bad_url', message: 'The path holds a % that no two hexadecimal digits follow.' },
};

interface FastifyErrorLike {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Reads errors of Fastify and its plugins (4xx ones), also those that Nest wrapped as a cause. */
export function fastifyProblem(error: unknown): FastifyProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const found = asFastifyError(error) ?? asFastifyError(error.cause);
  if (found === undefined) return undefined;
  return { code: 'bad_request', message: found.message, ...KNOWN[found.code], status: found.status };
}

function asFastifyError(error: unknown): FastifyErrorLike | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return undefined;
  const { code, statusCode: status, message } = error;
  if (typeof code !== 'string' || typeof status !== 'number' || !code.startsWith('FST_')) return undefined;
  return status >= 400 && status < 500 ? { status, code, message } : undefined;
}
