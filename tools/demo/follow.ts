import { setTimeout as sleep } from 'node:timers/promises';

import { MultiBar, type SingleBar } from 'cli-progress';

import type { DemoGateway, DemoGeneration } from './gateway.js';

const REDRAW_MS = 250;
const FORMAT = '  {id} [{bar}] {percentage} %  {status}  {token}  {next}';

/** Draws a bar for each generation until all have ended. @throws Error when one failed */
export async function follow(gateway: DemoGateway, ids: readonly string[]): Promise<void> {
  const bars = new MultiBar({
    format: FORMAT,
    barsize: 24,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 3_000,
  });
  try {
    await Promise.all(ids.map((id) => followOne(gateway, id, bars.create(100, 0, shown(gateway, id)))));
  } finally {
    bars.stop();
  }
}

async function followOne(gateway: DemoGateway, id: string, bar: SingleBar): Promise<void> {
  for (;;) {
    const generation = await gateway.generation(id);
    bar.update(generation.progress, shown(gateway, id, generation));
    if (generation.status === 'completed') return;
    if (generation.error !== null) throw new Error(`${id} failed: ${generation.error.message}`);
    await sleep(REDRAW_MS);
  }
}

function shown(gateway: DemoGateway, id: string, generation?: DemoGeneration): Record<string, string> {
  return {
    id: `${id.slice(0, 14)}…`,
    status: (generation?.status ?? 'queued').padEnd(11),
    token: (generation?.tokenId == null ? '' : gateway.label(generation.tokenId)).padEnd(7),
    next: generation === undefined ? '' : nextStep(generation),
  };
}

function nextStep({ position, nextPollAt }: DemoGeneration): string {
  if (position !== null) return `number ${String(position)} in the queue`;
  if (nextPollAt === null) return '';
  return `next poll in ${(Math.max(0, Date.parse(nextPollAt) - Date.now()) / 1_000).toFixed(1)} s`;
}
