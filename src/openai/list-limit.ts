import { z } from 'zod';

/** A query parameter that bounds a page, 20 when left out. */
export const limitOf = (least: number, most: number) => {
  const expected = `expected an integer from ${String(least)} to ${String(most)}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, expected)
    .transform(Number)
    .refine((limit) => limit >= least && limit <= most, expected)
    .default(20);
};
