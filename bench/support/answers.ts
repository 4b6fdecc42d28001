import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an upstream says of a job that runs. */
const ANSWER = JSON.stringify({
  id: 'video_0123456789',
  object: 'video',
  model: 'sora-2',
  status: 'in_progress',
  progress: 42,
  seconds: '8',
  size: '1280x720',
  created_at: 1_780_000_000,
  error: null,
});

/** A server that answers every request alike, in a process of its own: it tells its URL to whoever forked it. */
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
process.on('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
