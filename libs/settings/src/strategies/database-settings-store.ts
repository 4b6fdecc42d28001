import { Injectable } from '@nestjs/common';
import { DatabasePool, isUniqueViolation } from 'penstock/database';
import { LessThan, type EntityManager } from 'typeorm';

import { SettingsChangeRow } from '../entities/settings-change-row.entity.js';
import { SettingsRow } from '../entities/settings-row.entity.js';
import {
  SettingsStore,
  type SettingsChange,
  type SettingsHistoryQuery,
  type SettingsWrite,
  type SettingsWriteOutcome,
  type StoredSection,
} from '../ports/settings-store.js';

/** JSON of a section that nobody wrote. */
const NOTHING = '{}';

/** Settings in the tables of `settingsMigrations`, by the pool of `penstock/database`. */
@Injectable()
export class DatabaseSettingsStore extends SettingsStore {
  constructor(private readonly pool: DatabasePool) {
    super();
  }

  override async loadAll(): Promise<readonly StoredSection[]> {
    const rows = await this.pool.read((manager) => manager.find(SettingsRow));
    return rows.map(({ section, overrides, version, updatedAt, updatedBy }) => ({
      section,
      overrides: parse(overrides),
      version,
      updatedAt,
      updatedBy,
    }));
  }

  override async write(write: SettingsWrite): Promise<SettingsWriteOutcome> {
    const stored = await this.pool
      .transaction((manager) => writeIfExpected(manager, write), { durable: true })
      .catch(nullIfTwice);
    if (stored !== null) return { outcome: 'written', stored };
    return { outcome: 'conflict', currentVersion: await this.#versionOf(write.section) };
  }

  override async history(
    section: string,
    { limit, before }: SettingsHistoryQuery,
  ): Promise<readonly SettingsChange[]> {
    const rows = await this.pool.read((manager) =>
      manager.find(SettingsChangeRow, {
        where: { section, ...(before === undefined ? {} : { version: LessThan(before) }) },
        order: { version: 'DESC' },
        take: limit,
      }),
    );
    return rows.map(({ version, before: was, after, changedBy, changedAt }) => ({
      section,
      version,
      before: parse(was),
      after: parse(after),
      changedBy,
      changedAt,
    }));
  }

  async #versionOf(section: string): Promise<number> {
    const row = await this.pool.read((manager) => manager.findOneBy(SettingsRow, { section }));
    return row?.version ?? 0;
  }
}

/** @returns `null`, with nothing changed, when the section has another version */
async function writeIfExpected(manager: EntityManager, write: SettingsWrite): Promise<StoredSection | null> {
  const { section, expectedVersion, by, at } = write;
  const present = await manager.findOneBy(SettingsRow, { section });
  if ((present?.version ?? 0) !== expectedVersion) return null;
  const version = expectedVersion + 1;
  const row = { overrides: JSON.stringify(write.overrides), version, updatedAt: at, updatedBy: by };
  if (present === null) {
    await manager.insert(SettingsRow, { section, ...row });
  } else {
    const { affected } = await manager.update(SettingsRow, { section, version: expectedVersion }, row);
    if (affected === 0) return null;
  }
  await manager.insert(SettingsChangeRow, {
    section,
    version,
    before: present?.overrides ?? NOTHING,
    after: row.overrides,
    changedBy: by,
    changedAt: at,
  });
  return { section, ...row, overrides: write.overrides };
}

/** Where writers do not wait for each other, the second one may find the row only when it inserts its own. */
function nullIfTwice(error: unknown): null {
  if (isUniqueViolation(error)) return null;
  throw error;
}

/** `undefined` for a text that is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
