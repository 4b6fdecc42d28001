import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type MessageEvent,
  Module,
  NotFoundException,
  Param,
  Post,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { from, map, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Exposition, LogLines, parseExposition } from '../testing/index.js';
import { MetricsModule } from './metrics.module.js';
import { Operations } from './operations/operations.js';
import { SlowAfter } from './slow-after.decorator.js';

const clock = new ManualClock();

@Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
class ClockModule {}

@Injectable()
class NoForbidden implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return !context.switchToHttp().getRequest<{ readonly url: string }>().url.includes('forbidden');
  }
}

@UseGuards(NoForbidden)
@Controller('v1/videos')
class VideosController {
  constructor(private readonly operations: Operations) {}

  @Get(':id')
  async read(@Param('id') id: string): Promise<{ id: string }> {
    if (id === 'missing') throw new NotFoundException();
    if (id === 'broken') throw new Error('a bug');
    if (id === 'waits') {
      await this.operations.run({ name: 'upstream poll', kind: 'upstream' }, () => clock.advance(1_500));
    }
    await clock.advance(id === 'slow' ? 1_001 : 20);
    return { id };
  }

  @SlowAfter(Infinity)
  @Get(':id/end')
  async wait(@Param('id') id: string): Promise<{ id: string }> {
    await clock.advance(60_000);
    return { id };
  }

  @Post()
  create(): { id: string } {
    return { id: 'new' };
  }

  @Sse(':id/events')
  events(): Observable<MessageEvent> {
    return from(clock.advance(5_000)).pipe(map(() => ({ data: 'done' })));
  }
}

const COUNT = 'penstock_http_request_duration_seconds_count';
const SUM = 'penstock_http_request_duration_seconds_sum';
const SLOW = 'penstock_http_slow_requests_total';

describe('requests of an application', () => {
  let app: NestFastifyApplication;
  let log: LogLines;

  const scrape = async (): Promise<Exposition> => parseExposition((await app.inject('/metrics')).body);

  beforeEach(async () => {
    log = new LogLines();
    const testing = await Test.createTestingModule({
      imports: [MetricsModule.forRoot({ processMetrics: false, imports: [ClockModule] })],
      controllers: [VideosController],
    })
      .setLogger(log)
      .compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
  });
  afterEach(async () => {
    await app.close();
  });

  it('measures by method, route pattern and status', async () => {
    await app.inject('/v1/videos/a?secret=1');
    await app.inject('/v1/videos/b');
    await app.inject({ method: 'POST', url: '/v1/videos' });
    const exposition = await scrape();
    const labels = { method: 'GET', route: '/v1/videos/:id', status: '200' };
    expect(exposition.value(COUNT, labels)).toBe(2);
    expect(exposition.value(SUM, labels)).toBeCloseTo(0.04);
    expect(exposition.value(COUNT, { method: 'POST', route: '/v1/videos', status: '201' })).toBe(1);
    expect(JSON.stringify(exposition.samples)).not.toContain('secret');
  });

  it('knows the status that an exception filter chose', async () => {
    await app.inject('/v1/videos/missing');
    await app.inject('/v1/videos/broken');
    const exposition = await scrape();
    expect(exposition.value(COUNT, { route: '/v1/videos/:id', status: '404' })).toBe(1);
    expect(exposition.value(COUNT, { route: '/v1/videos/:id', status: '500' })).toBe(1);
  });

  it('warns about a slow handler and counts it', async () => {
    await app.inject('/v1/videos/slow');
    await app.inject('/v1/videos/fast');
    expect(log.warnings).toEqual([
      expect.stringMatching(/^GET \/v1\/videos\/:id took 1001 ms \(request \S+\)\.$/),
    ]);
    expect((await scrape()).value(SLOW, { method: 'GET', route: '/v1/videos/:id' })).toBe(1);
  });

  it('does not call a stream of events slow', async () => {
    const answer = await app.inject('/v1/videos/a/events');
    expect(answer.body).toContain('data: done');
    const exposition = await scrape();
    expect(exposition.value(COUNT, { route: '/v1/videos/:id/events', status: '200' })).toBe(1);
    expect([log.warnings, exposition.value(SLOW)]).toEqual([[], undefined]);
  });

  it('waits with a warning as long as the handler says', async () => {
    await app.inject('/v1/videos/a/end');
    const exposition = await scrape();
    expect(exposition.value(COUNT, { route: '/v1/videos/:id/end', status: '200' })).toBe(1);
    expect([log.warnings, exposition.value(SLOW)]).toEqual([[], undefined]);
  });

  it('measures what no route matches, without making a label of the URL', async () => {
    await app.inject('/v1/nothing/here');
    await app.inject({ method: 'PROPFIND', url: '/v1/videos' } as never);
    const exposition = await scrape();
    expect(exposition.value(COUNT, { method: 'GET', route: 'unknown', status: '404' })).toBe(1);
    expect(exposition.samples.filter(({ labels }) => labels['route']?.includes('nothing'))).toEqual([]);
  });

  it('measures what a guard refuses', async () => {
    const answer = await app.inject('/v1/videos/forbidden');
    expect(answer.statusCode).toBe(403);
    const labels = { method: 'GET', route: '/v1/videos/:id', status: '403' };
    expect((await scrape()).value(COUNT, labels)).toBe(1);
  });

  it('names a slow part of a handler instead of the handler, and counts the request all the same', async () => {
    await app.inject('/v1/videos/waits');
    expect(log.warnings).toEqual([
      expect.stringMatching(/^upstream poll took 1500 ms, in GET \/v1\/videos\/:id \(request \S+\)\.$/),
    ]);
    expect((await scrape()).value(SLOW, { method: 'GET', route: '/v1/videos/:id' })).toBe(1);
  });
});
