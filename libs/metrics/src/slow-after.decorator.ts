import { Reflector } from '@nestjs/core';

/**
 * After how many milliseconds a handler (or any of a controller) counts as slow, instead of the module's
 * `slowRequestMs`. `Infinity` for one that waits because it is asked to.
 */
export const SlowAfter = Reflector.createDecorator<number>();
