import { ProxyProbe, type ProxyProbeRequest } from '../src/ports/proxy-probe.js';
import { ScriptedProbe } from './scripted-edge.js';

/** A probe of proxies that ends when the test says how. */
export class ScriptedProxyProbe extends ProxyProbe {
  /** `asked` has proxies, each with where it was to lead. */
  readonly script = new ScriptedProbe();

  override probe({ proxyUrl, origin, signal }: ProxyProbeRequest): ReturnType<ProxyProbe['probe']> {
    return this.script.probe({ origin: proxyUrl, proxyUrl: origin, signal });
  }
}
