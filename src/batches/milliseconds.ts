/** PostgreSQL hands out 64-bit integers as text. */
export const milliseconds = {
  to: (value: number | null): number | null => value,
  from: (value: string | number | null): number | null => (value === null ? null : Number(value)),
};
