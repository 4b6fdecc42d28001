const MIB = 1024 ** 2;

/** Where the sink keeps its objects. */
export interface AssetS3Options {
  /** A bucket that is there. */
  readonly bucket: string;
  /** URL of the server. @defaultValue that of Amazon S3 in the region */
  readonly endpoint?: string;
  /** @defaultValue us-east-1 */
  readonly region?: string;
  /** Whether the bucket is part of the path instead of the host name. @defaultValue false */
  readonly forcePathStyle?: boolean;
  /** @defaultValue what the AWS SDK finds: its environment variables, its files, the role of the machine */
  readonly credentials?: S3Credentials;
  /** What the names of all objects begin with; empty, or it ends with a slash. @defaultValue penstock/ */
  readonly prefix?: string;
  /** Size of a part in bytes, 5 MiB to 64 MiB. One is held in memory for each copy that is made. @defaultValue 8 MiB */
  readonly partBytes?: number;
}

/** An access key. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** All of them. */
export interface ResolvedS3Options extends Required<Omit<AssetS3Options, 'endpoint' | 'credentials'>> {
  readonly endpoint: string | null;
  readonly credentials: S3Credentials | null;
}

const DEFAULTS = {
  endpoint: null,
  region: 'us-east-1',
  forcePathStyle: false,
  credentials: null,
  prefix: 'penstock/',
  partBytes: 8 * MIB,
};

/** Fills in the defaults. @throws RangeError for what is wrong; the message holds no secret */
export function resolveS3Options(options: AssetS3Options): ResolvedS3Options {
  const resolved: ResolvedS3Options = { ...DEFAULTS, ...options };
  const { bucket, prefix, partBytes } = resolved;
  if (bucket === '') throw new RangeError('bucket must be the name of a bucket, got ""');
  if (prefix !== '' && !/^[\w.-][\w./-]*\/$/.test(prefix)) {
    throw new RangeError(`prefix must be empty or end with a slash, got ${JSON.stringify(prefix)}`);
  }
  if (!Number.isSafeInteger(partBytes) || partBytes < 5 * MIB || partBytes > 64 * MIB) {
    throw new RangeError(`partBytes must be 5242880 to 67108864, got ${String(partBytes)}`);
  }
  return Object.freeze(resolved);
}
