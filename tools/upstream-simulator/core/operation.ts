/** What an upstream can be asked, whatever its dialect calls it. */
export const OPERATIONS = [
  'create',
  'retrieve',
  'list',
  'content',
  'cancel',
  'delete',
  'remix',
  'models',
] as const;

/** One of {@link OPERATIONS}. */
export type Operation = (typeof OPERATIONS)[number];

/** The operations that start a job. */
export const SUBMISSIONS: readonly Operation[] = ['create', 'remix'];
