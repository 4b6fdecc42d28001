/** What a command cannot do, in one line for people. The exit code of the process is 1. */
export class CliError extends Error {}

/** Where the gateway is, and who asks. */
export interface Access {
  readonly url: string;
  readonly key: string;
}

/** What goes with a request. */
export interface CallOptions {
  readonly body?: string | ReadableStream;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reads where the gateway is. @throws CliError that names what is missing */
export function accessFrom(environment: Readonly<Record<string, string | undefined>>): Access {
  const { PENSTOCK_URL: url = 'http://127.0.0.1:8080', PENSTOCK_ADMIN_KEY: key = '' } = environment;
  if (key === '') throw new CliError('PENSTOCK_ADMIN_KEY is not set. Set it to an admin key of the gateway.');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new CliError(`PENSTOCK_URL: got "${url}"; expected a URL such as http://127.0.0.1:8080.`);
  return { url: url.replace(/\/+$/, ''), key };
}

/** The REST API of a gateway. Every failure is a {@link CliError}. */
export class Client {
  constructor(private readonly access: Access) {}

  /** The parsed answer. @throws CliError for anything that is no success */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const options = body === undefined ? {} : { body: JSON.stringify(body), headers };
    const answer = await this.call(method, path, options);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** An answer whose body is still to be read. @throws CliError for anything that is no success */
  async call(method: string, path: string, { body, headers = {} }: CallOptions = {}): Promise<Response> {
    const { url, key } = this.access;
    const request = {
      method,
      headers: { ...headers, authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    };
    const answer = await fetch(url + path, request as RequestInit).catch((error: unknown) => {
      throw new CliError(
        `${url} cannot be reached: ${causeOf(error)}. Does the gateway run? See PENSTOCK_URL.`,
      );
    });
    if (!answer.ok) throw new CliError(await messageOf(answer));
    return answer;
  }
}

async function messageOf(answer: Response): Promise<string> {
  const text = await answer.text().catch(() => '');
  const told = /"message":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  const message =
    told === undefined ? 'The answer is none of Penstock. See PENSTOCK_URL.' : (JSON.parse(told) as string);
  const hint = answer.status === 401 ? ' See PENSTOCK_ADMIN_KEY.' : '';
  return `${String(answer.status)}: ${message}${hint}`;
}

function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  return cause?.code ?? cause?.message ?? String(error);
}
