/** The admin key of the gateways of the benches. */
export const KEY = 'bench-admin-key-0123456789';

/** The environment of a gateway on a SQLite file in `folder`, with the options of Node that `npm start` gives it. */
export const gatewayEnvironment = (folder: string): Readonly<Record<string, string>> => ({
  PORT: '0',
  PENSTOCK_DATA_DIR: folder,
  PENSTOCK_ADMIN_KEY: KEY,
  LOG_LEVEL: 'error',
  NODE_OPTIONS: '--max-semi-space-size=32',
});
