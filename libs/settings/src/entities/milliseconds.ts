/** PostgreSQL hands out 64-bit integers as text. */
export const milliseconds = {
  to: (value: number): number => value,
  from: (value: string | number): number => Number(value),
};
