import { AsyncLocalStorage } from 'node:async_hooks';

/** The request that runs, for whatever it calls. */
export interface RequestContext {
  /** What `x-request-id` says, in and out. */
  readonly id: string;
  /** What the request turned out to be about. */
  generationId: string | null;
  tokenId: string | null;
  /** The span of the request, for what it asks for; `null` when it is not recorded. */
  traceparent: string | null;
  /** That of the request which asked for the generation. */
  generationTraceparent: string | null;
  /** Of the error that it was answered with. */
  errorCode: string | null;
  /** Work may go on after the answer; what it logs is no longer the request's. */
  ended: boolean;
}

const storage = new AsyncLocalStorage<RequestContext>();
const contexts = new WeakMap<object, RequestContext>();

/** The context of a request that begins. */
export function newRequestContext(id: string): RequestContext {
  return {
    id,
    generationId: null,
    tokenId: null,
    traceparent: null,
    generationTraceparent: null,
    errorCode: null,
    ended: false,
  };
}

/** Makes the context of a request that the server got. It goes with the request. */
export function openRequest(request: object, id: string): RequestContext {
  const context = newRequestContext(id);
  contexts.set(request, context);
  return context;
}

/** What {@link openRequest} made for a request; `undefined` if it was never opened. */
export function contextOf(request: object): RequestContext | undefined {
  return contexts.get(request);
}

/** Runs `work`, and all that it starts, as part of a request. */
export function runInRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The request that the caller works for; `undefined` outside of one, and once it was answered. */
export function currentRequest(): RequestContext | undefined {
  const context = storage.getStore();
  return context?.ended === true ? undefined : context;
}

/** Tells the log of requests what the running request is about. Does nothing outside of one. */
export function requestIsAbout(facts: {
  readonly generationId?: string;
  readonly tokenId?: string | null;
  readonly generationTraceparent?: string | null;
  readonly errorCode?: string;
}): void {
  const context = currentRequest();
  if (context === undefined) return;
  context.generationId = facts.generationId ?? context.generationId;
  context.tokenId = facts.tokenId ?? context.tokenId;
  context.generationTraceparent = facts.generationTraceparent ?? context.generationTraceparent;
  context.errorCode = facts.errorCode ?? context.errorCode;
}
