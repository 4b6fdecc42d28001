import type { QueryRunner } from 'typeorm';
import { Broadcaster } from 'typeorm/subscriber/Broadcaster.js';

/**
 * TypeORM's broadcaster, whose listeners and subscribers run through `inside`. So a subscriber may use any repository:
 * it works on the connection of the event instead of waiting for it.
 */
export function scopedBroadcaster(runner: QueryRunner, inside: <T>(work: () => T) => T): Broadcaster {
  return new Proxy(new Broadcaster(runner), {
    get(broadcaster, name) {
      const member: unknown = Reflect.get(broadcaster, name, broadcaster);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown =>
        inside(() => Reflect.apply(member, broadcaster, args) as unknown);
    },
  });
}
