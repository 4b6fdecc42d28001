import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { errorType, type ErrorBody } from './error-body.js';

/** What Node refuses before there is a request, by the code of its error. */
const KNOWN: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers_too_large', 'The headers are larger than 16 KiB. Send less of them.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'The request did not come to its end in time.'],
};

const MALFORMED = [400, 'bad_request', 'This cannot be read as a request of HTTP/1.1.'] as const;

/** Answers, in the one shape of every error, what cannot be read as a request, and closes the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const [status, code, message] = KNOWN[error.code ?? ''] ?? MALFORMED;
    const body: ErrorBody = { error: { message, type: errorType(status), param: null, code } };
    const text = JSON.stringify(body);
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\n` +
        `content-type: application/json; charset=utf-8\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    );
  }
  socket.destroySoon();
}
