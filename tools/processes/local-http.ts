import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A port of this machine that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until a URL answers, whatever it says. @returns whether it did within `boundMs` milliseconds */
export async function answersWithin(url: string, boundMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + boundMs;
  while (performance.now() < giveUpAt) {
    if ((await fetch(url).catch(() => null)) !== null) return true;
    await pause(100);
  }
  return false;
}
