import { randomBytes } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';

import type { Cursor } from '../../http/index.js';
import type { TokenSelection } from '../selection/token-selection.js';
import { TokenExportRow } from './token-export-row.entity.js';

/** An export that somebody asks for. */
export interface ExportAsked {
  readonly keyId: string;
  readonly keyLabel: string;
  readonly secrets: boolean;
  readonly selection: TokenSelection;
}

/** Keeps who exported tokens. */
@Injectable()
export class TokenExportAudit {
  readonly #logger = new Logger('audit');

  constructor(
    private readonly pool: DatabasePool,
    private readonly clock: Clock,
  ) {}

  /** Notes an export before its first byte leaves: it survives a power cut once this resolves, and is logged, too. */
  async note(asked: ExportAsked): Promise<void> {
    const at = this.clock.now();
    const id = `export_${at.toString(36).padStart(9, '0')}${randomBytes(8).toString('hex')}`;
    await this.pool.transaction((manager) => manager.insert(TokenExportRow, { id, at, ...asked }), {
      durable: true,
    });
    this.#logger.warn({ ...asked, export: id }, 'Tokens are exported');
  }

  /** Exports, the newest first. */
  list(limit: number, after?: Cursor): Promise<readonly TokenExportRow[]> {
    return this.pool.read((manager) => {
      const query = manager
        .createQueryBuilder(TokenExportRow, 'e')
        .orderBy('e.at', 'DESC')
        .addOrderBy('e.id', 'DESC')
        .take(limit);
      if (after !== undefined)
        query.where('(e.at < :createdAt OR (e.at = :createdAt AND e.id < :id))', after);
      return query.getMany();
    });
  }
}
