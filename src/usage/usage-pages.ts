import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';

import { InvalidRequestError } from '../http/index.js';
import { UsageQueries, type UsageSum } from './ledger/usage-queries.js';
import type { Dimension, UsageFilter } from './ledger/usage-query.js';
import { DAY_MS, utcDay } from './ledger/utc-day.js';
import type { UsagePageView } from './usage.schemas.js';

const DAYS_SHOWN = 30;

/** What a client asks for: days may be left out. */
export type WantedUsage = Readonly<Partial<Record<keyof UsageFilter, string | undefined>>>;

/** Pages of sums of the ledger. */
@Injectable()
export class UsagePages {
  constructor(
    private readonly queries: UsageQueries,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidRequestError when the first day is after the last one */
  filterOf({ from, to, ...values }: WantedUsage): UsageFilter {
    const last = to ?? utcDay(this.clock.now());
    const first = from ?? utcDay(Date.parse(last) - DAYS_SHOWN * DAY_MS);
    if (first <= last) return { ...values, from: first, to: last };
    throw InvalidRequestError.of([
      {
        code: 'invalid_value',
        path: 'from',
        message: `from: got ${first}, which is after "to" (${last}); expected a day up to that.`,
      },
    ]);
  }

  async page(
    wanted: WantedUsage,
    shown: { readonly groupBy: readonly Dimension[]; readonly limit: number; readonly cursor: number },
  ): Promise<UsagePageView> {
    const { groupBy, limit, cursor: offset } = shown;
    const filter = this.filterOf(wanted);
    const sums = await this.queries.sums({ filter, groupBy, limit: limit + 1, offset });
    return {
      from: filter.from,
      to: filter.to,
      data: sums.slice(0, limit).map(viewOf),
      nextCursor: sums.length > limit ? String(offset + limit) : null,
    };
  }
}

function viewOf({ mediaMs, workMs, token, ...sum }: UsageSum): UsagePageView['data'][number] {
  return {
    ...sum,
    ...(token === undefined ? {} : { token: token === '' ? null : token }),
    seconds: mediaMs / 1_000,
    workSeconds: workMs / 1_000,
  };
}
