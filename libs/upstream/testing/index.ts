export { ScriptedDesk, ScriptedProbe } from './scripted-edge.js';
export { startSocksProxy, type SocksBehaviour, type SocksProxy } from './socks-proxy.js';
export { startConnectProxy, type ConnectProxy, type ProxyBehaviour } from './connect-proxy.js';
export { startServer, type TestServer } from './test-server.js';
export { ScriptedProxyProbe } from './scripted-proxy-probe.js';
