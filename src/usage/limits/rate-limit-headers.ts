import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { KeyAllowances } from './key-allowances.js';
import type { Allowance, Standing } from './key-standing.js';

/**
 * Tells clients how they stand with the limits of their key, in the headers that the OpenAI API has: with every answer to a
 * POST, since those are what is limited.
 */
@Injectable()
export class RateLimitHeaders implements OnModuleInit {
  constructor(
    private readonly allowances: KeyAllowances,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter
      .getInstance<FastifyInstance>()
      .addHook('onSend', (request, reply, payload, done) => {
        const { method, principal } = request;
        const standing =
          method === 'POST' && principal !== undefined
            ? this.allowances.standingOf(principal.keyId)
            : undefined;
        if (standing !== undefined) void reply.headers(headersOf(standing));
        done(null, payload);
      });
  }
}

/** Of a minute and a day, `requests` is the one of which less is left. */
export function headersOf({ minute, day, concurrent }: Standing): Record<string, string> {
  const requests = [minute, day]
    .filter((one) => one !== undefined)
    .sort((one, other) => one.remaining - other.remaining)[0];
  return { ...named('requests', requests), ...named('concurrent', concurrent) };
}

function named(name: string, allowance: Allowance | undefined): Record<string, string> {
  if (allowance === undefined) return {};
  const { limit, remaining, resetMs } = allowance;
  return {
    [`x-ratelimit-limit-${name}`]: String(limit),
    [`x-ratelimit-remaining-${name}`]: String(remaining),
    ...(resetMs === null ? {} : { [`x-ratelimit-reset-${name}`]: durationOf(resetMs) }),
  };
}

/** A duration as the OpenAI API writes it, such as `6m0s` or `120ms`. */
export function durationOf(ms: number): string {
  const rounded = Math.ceil(ms);
  if (rounded < 1_000) return `${String(rounded)}ms`;
  const seconds = Math.ceil(rounded / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const shown = `${String(seconds % 60)}s`;
  if (hours > 0) return `${String(hours)}h${String(minutes)}m${shown}`;
  return minutes > 0 ? `${String(minutes)}m${shown}` : shown;
}
