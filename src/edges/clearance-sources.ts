import 'reflect-metadata';

import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type ClearanceGiver, ClearanceSource, type ClearanceSourceOptions } from 'penstock/plugin-api';
import {
  type ClearanceDesk,
  type ClearanceRequest,
  type GivenClearance,
  problemsOfClearance,
} from 'penstock/upstream';

import { BoundedCalls } from '../providers/index.js';

const TIMEOUT_MS = 30_000;

interface Source {
  readonly name: string;
  readonly origins: readonly string[] | undefined;
  readonly giver: ClearanceGiver;
}

/** Asks every `@ClearanceSource` of the application that is for an origin, until one has a clearance. */
@Injectable()
export class ClearanceSources implements ClearanceDesk {
  readonly #logger = new Logger('edges');
  #sources: readonly Source[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly bounded: BoundedCalls,
  ) {}

  async obtain({ origin, proxyUrl, reason, signal }: ClearanceRequest): Promise<GivenClearance | null> {
    this.#sources ??= this.#explore();
    for (const { name, origins, giver } of this.#sources) {
      if (origins?.includes(origin) === false) continue;
      const bounds = { operation: `clearance from ${name}`, timeoutMs: TIMEOUT_MS, signal };
      try {
        const given = await this.bounded.run(bounds, (bounded) =>
          giver.clearanceFor({ origin, proxyUrl, reason, signal: bounded }),
        );
        const checked = given === null ? null : this.#checked(name, given);
        if (checked !== null) return checked;
      } catch {
        // What a plugin throws may hold what it was about to give.
        this.#logger.warn({ origin, source: name }, 'A source of clearances failed');
      }
    }
    return null;
  }

  #checked(source: string, given: Omit<GivenClearance, 'source'>): GivenClearance | null {
    const { headers = {}, cookies = {}, ttlMs } = given;
    const problems = problemsOfClearance({ headers, cookies }).map(({ field, rule }) => `${field}: ${rule}`);
    if (ttlMs !== undefined && !(Number.isSafeInteger(ttlMs) && ttlMs >= 1)) {
      problems.push(`ttlMs: expected an integer >= 1, got ${String(ttlMs)}`);
    }
    if (problems.length === 0) return { headers, cookies, source, ...(ttlMs === undefined ? {} : { ttlMs }) };
    this.#logger.warn({ source, problems }, 'A clearance from a plugin cannot be used');
    return null;
  }

  #explore(): readonly Source[] {
    const found = new Map<object, Source>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: ClearanceSource.KEY })) {
      const instance: unknown = wrapper.instance;
      if (!isGiver(instance)) continue;
      const { name = instance.constructor.name, origins }: ClearanceSourceOptions =
        this.discovery.getMetadataByDecorator(ClearanceSource, wrapper) ?? {};
      found.set(instance, { name, origins, giver: instance });
    }
    return [...found.values()];
  }
}

function isGiver(instance: unknown): instance is ClearanceGiver {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    'clearanceFor' in instance &&
    typeof instance.clearanceFor === 'function'
  );
}
