import { Injectable } from '@nestjs/common';
import { failed, skipped, type ItemOutcome, type PlannedItem } from 'penstock/batch';

import { SecretBox } from '../../secrets/index.js';
import { newTokenId, TokenSecrets } from '../../tokens/index.js';
import type { RawRow, RawRows } from './raw-row.js';
import { readTokenRow, type RowDefaults, type TokenRow } from './token-row.js';

/** How rows become items. */
export interface RowOptions {
  readonly onDuplicate: 'skip' | 'update';
  /** Whether the label of an account tells duplicates, too. */
  readonly matchLabels: boolean;
  readonly defaults: RowDefaults;
}

/** What an item keeps, sealed, until it was carried out. */
export interface RowPayload extends TokenRow {
  /** The id that the token will have, so that a row is never added twice. */
  readonly id: string;
}

/** Rows stored at once. It bounds how long an import keeps the event loop and the database from requests. */
const PAGE = 20;

/** Makes items of rows: bad rows and duplicates have their outcome at once, and the others wait, sealed. */
@Injectable()
export class RowPlanner {
  constructor(
    private readonly box: SecretBox,
    private readonly secrets: TokenSecrets,
  ) {}

  async *plan(rows: RawRows, options: RowOptions, batchId: string): AsyncGenerator<readonly PlannedItem[]> {
    const seen = new Map<string, number>();
    let page: PlannedItem[] = [];
    for await (const row of rows) {
      page.push(this.#itemOf(row, options, { batchId, seen }));
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    yield page;
  }

  /** Opens what an item kept. */
  open(payload: string, batchId: string, line: number): RowPayload {
    return JSON.parse(this.box.open(payload, recordId(batchId, line))) as RowPayload;
  }

  #itemOf(raw: RawRow, options: RowOptions, { batchId, seen }: Planning): PlannedItem {
    const read =
      'problem' in raw ? raw : readTokenRow(raw.value, options.defaults, (secret) => this.#labelOf(secret));
    const bare = { position: raw.line, key: null, label: `line ${raw.line}`, payload: null };
    if ('problem' in read) return { ...bare, outcome: failed('invalid_row', { reason: read.problem }) };
    const { body } = read.row;
    const fingerprint = this.#fingerprintOf(body.secret);
    const outcome = duplicateIn(seen, this.#marksOf(read.row, options, fingerprint), raw.line);
    if (outcome !== null && options.onDuplicate === 'skip') return { ...bare, label: body.label, outcome };
    const payload: RowPayload = { ...read.row, id: newTokenId() };
    return {
      ...bare,
      label: body.label,
      outcome: null,
      key: `secret:${fingerprint}`,
      payload: this.box.seal(JSON.stringify(payload), recordId(batchId, raw.line)),
    };
  }

  /** What makes another row a duplicate of this one. */
  #marksOf({ body, given }: TokenRow, { matchLabels }: RowOptions, fingerprint: string): readonly Mark[] {
    const { provider, baseUrl, label } = body;
    const secret = {
      of: 'secret',
      mark: JSON.stringify(['secret', provider, baseUrl, fingerprint]),
    } as const;
    if (!matchLabels || !given.includes('label')) return [secret];
    return [secret, { of: 'label', mark: JSON.stringify(['label', provider, label]) }];
  }

  #fingerprintOf(secret: string): string {
    return this.secrets.fingerprints(secret)[0] ?? '';
  }

  #labelOf(secret: string): string {
    return `imported ${this.#fingerprintOf(secret).slice(0, 12)}`;
  }
}

interface Planning {
  readonly batchId: string;
  /** Lines by the marks of their rows: fingerprints, never secrets. */
  readonly seen: Map<string, number>;
}

interface Mark {
  readonly of: 'secret' | 'label';
  readonly mark: string;
}

function duplicateIn(seen: Map<string, number>, marks: readonly Mark[], line: number): ItemOutcome | null {
  for (const { of, mark } of marks) {
    const first = seen.get(mark);
    if (first === undefined) continue;
    return skipped('duplicate', { reason: `It has the same ${of} as line ${first}.` });
  }
  for (const { mark } of marks) seen.set(mark, line);
  return null;
}

const recordId = (batchId: string, line: number): string => `${batchId}/${line}`;
