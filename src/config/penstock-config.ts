import type { SecretKey } from '../secrets/secret-key.js';

/** From the fewest log lines to the most. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A SQLite file by its absolute path, or a PostgreSQL database by its URL, which may hold a password. */
export type DatabaseLocation =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** Where traces go. */
export interface TracingConfig {
  /** URL of the collector, without `/v1/traces`. */
  readonly endpoint: string;
  /** Sent with every request to it; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** @defaultValue penstock */
  readonly serviceName: string;
  /** Of the traces that no client decided about, the share that is recorded: 0 to 1. @defaultValue 1 */
  readonly share: number;
}

/** Where the sink `s3` keeps its objects. */
export interface S3Config {
  readonly bucket: string;
  /** URL of the server; `null` for Amazon S3. */
  readonly endpoint: string | null;
  /** @defaultValue us-east-1 */
  readonly region: string;
  /** Whether the bucket is part of the path. @defaultValue false */
  readonly forcePathStyle: boolean;
  /** Empty, or it ends with a slash. @defaultValue penstock/ */
  readonly prefix: string;
  /** `null` leaves it to the AWS SDK to find some. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

/** The validated configuration of the process, and the token it is injected by. Frozen. */
export abstract class PenstockConfig {
  /** Address to listen on. @defaultValue 127.0.0.1 */
  abstract readonly host: string;
  /** Port to listen on, 0 for any free one. @defaultValue 8080 */
  abstract readonly port: number;
  /** Absolute path of the folder that holds everything Penstock stores. @defaultValue ./data */
  abstract readonly dataDir: string;
  /** Where rows are kept. @defaultValue the SQLite file `penstock.sqlite` in the data folder */
  abstract readonly database: DatabaseLocation;
  /** An admin key that works without a row; `null` when there is none. */
  abstract readonly adminKey: string | null;
  /** Keys that seal secrets, of which the first seals; `null` leaves it to the key file. */
  abstract readonly secretKeys: readonly SecretKey[] | null;
  /** Module specifiers of plugins to load. @defaultValue none */
  abstract readonly plugins: readonly string[];
  /**
   * Whether URLs that clients give may be plain `http:` and lead into the own network.
   *
   * @defaultValue false
   */
  abstract readonly allowPrivateUrls: boolean;
  /** @defaultValue info */
  abstract readonly logLevel: LogLevel;
  /** `null` when there is no sink `s3`. */
  abstract readonly s3: S3Config | null;
  /** `null` when nothing is traced. */
  abstract readonly tracing: TracingConfig | null;
}
