import { Injectable, Optional } from '@nestjs/common';
import { Clock, SystemClock } from 'penstock/kernel';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import { boundedCollect } from './bounded-collect.js';

/** What every metric has. */
export interface MetricDescription<Label extends string> {
  /** By Prometheus' rules: `penstock_generations_total`, base units, unique in the application. */
  readonly name: string;
  readonly help: string;
  /** Names of labels whose values come from a small closed set. @defaultValue none */
  readonly labelNames?: readonly Label[];
}

/** A gauge that is either set when something changes, or read when it is asked for. */
export interface GaugeDescription<Label extends string> extends MetricDescription<Label> {
  /** Sets the values at each scrape, which waits 500 ms for it at most: the values before stand then. */
  readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
}

/** A counter that is either increased when something happens, or read when it is asked for. */
export interface CounterDescription<Label extends string> extends MetricDescription<Label> {
  /** Sets the values at each scrape: `reset()`, then `inc()` by what was counted elsewhere. */
  readonly collect?: (counter: Counter<Label>) => void | Promise<void>;
}

/** A histogram and the upper bounds of its buckets, in the unit of its name. */
export interface HistogramDescription<Label extends string> extends MetricDescription<Label> {
  readonly buckets: readonly number[];
}

/**
 * Makes the application's own metrics in the module's registry. (With prom-client's constructors, a forgotten
 * `registers` ends in the global registry.) Each method throws an `Error` when the name is taken or not valid.
 */
@Injectable()
export class AppMetrics {
  constructor(
    private readonly registry: Registry,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {}

  counter<Label extends string = never>({ collect, ...rest }: CounterDescription<Label>): Counter<Label> {
    const registers = [this.registry];
    if (collect === undefined) return new Counter({ ...rest, registers });
    const bounded = boundedCollect(collect, this.clock);
    return new Counter({
      ...rest,
      registers,
      collect(this: Counter<Label>) {
        return bounded(this);
      },
    });
  }

  gauge<Label extends string = never>({ collect, ...rest }: GaugeDescription<Label>): Gauge<Label> {
    const registers = [this.registry];
    if (collect === undefined) return new Gauge({ ...rest, registers });
    const bounded = boundedCollect(collect, this.clock);
    return new Gauge({
      ...rest,
      registers,
      collect(this: Gauge<Label>) {
        return bounded(this);
      },
    });
  }

  histogram<Label extends string = never>(description: HistogramDescription<Label>): Histogram<Label> {
    return new Histogram({ ...description, buckets: [...description.buckets], registers: [this.registry] });
  }
}
