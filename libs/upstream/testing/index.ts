export { ScriptedDesk, ScriptedProbe } from './scripted-edge.js';
export { startConnectProxy, type ConnectProxy } from './connect-proxy.js';
export { startServer, type TestServer } from './test-server.js';
