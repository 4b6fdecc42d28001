import { ProxyError, type ProxyPassage, type ProxyRequest } from 'penstock/upstream';

/** Port: asked before each call of a provider, for the proxy that it takes. */
export abstract class ProxyGate {
  /** @throws ProxyError when no call goes out at present; the reason of the signal */
  abstract enter(request: ProxyRequest): Promise<ProxyPassage>;
}

/** Lets every call take the first candidate. */
export class OpenProxyGate extends ProxyGate {
  override enter({ candidates: [proxyUrl] }: ProxyRequest): Promise<ProxyPassage> {
    if (proxyUrl === undefined) return Promise.reject(ProxyError.none());
    return Promise.resolve({ proxyUrl, end: () => Promise.resolve(false) });
  }
}
