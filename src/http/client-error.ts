import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { errorType, type ErrorBody } from './error-body.js';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What Node refuses before there is a request, by the code of its error. */
const KNOWN: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    message: 'The headers are larger than 16 KiB. Send less of them.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    message: 'The request did not come to its end in time.',
  },
};

const MALFORMED: Refusal = {
  status: 400,
  code: 'bad_request',
  message: 'This cannot be read as a request of HTTP/1.1.',
};

/** Answers, in the one shape of every error, what cannot be read as a request, and closes the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const { status, code, message } = KNOWN[error.code ?? ''] ?? MALFORMED;
    const body: ErrorBody = { error: { message, type: errorType(status), param: null, code } };
    const text = JSON.stringify(body);
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\n` +
        `content-type: application/json; charset=utf-8\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    );
  }
  socket.destroySoon();
}
