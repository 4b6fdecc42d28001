/** Statements that make the commits of a connection wait for the disk, and that end it. */
export interface Durability {
  readonly raise: string;
  readonly restore: string;
}

/**
 * @param synchronous - the level that connections have otherwise
 * @param databases - the names of all databases of a connection: each has a level of its own
 * @returns `undefined` where every commit waits anyway
 */
export function durabilityOf(synchronous: string, databases: readonly string[]): Durability | undefined {
  if (synchronous === 'FULL' || synchronous === 'EXTRA') return undefined;
  const setTo = (level: string): string =>
    databases.map((name) => `PRAGMA "${name}".synchronous = ${level}`).join('; ');
  return { raise: setTo('FULL'), restore: setTo(synchronous) };
}
