import { compare, WARMTHS } from './polling/comparison.js';
import { geometricMean, ratiosTo } from './polling/curve.js';
import { POPULATIONS } from './polling/populations.js';

const t = performance.now();
const all = POPULATIONS.map((population) => compare(population, { measured: 500, runs: 20, law: 10_000 }));
for (const c of all) {
  const r = WARMTHS.map((w) => ratiosTo(c.baseline, c.predictive[w]));
  const b = ratiosTo(c.baseline, c.bound);
  console.log(
    c.population.name.padEnd(36),
    c.baseline.polls.toFixed(1),
    c.baseline.delayMs.toFixed(0),
    ...[...r, b].map((x) => `${x.delay.toFixed(0)}/${x.polls.toFixed(0)}`.padStart(9)),
    c.predictive.after50.map((p) => `${p.polls.toFixed(0)}:${p.delayMs.toFixed(0)}`).join(' '),
  );
}
for (const [name, f] of [
  ['all', () => true],
  ['informs', (c: (typeof all)[0]) => c.population.informs],
  ['not', (c: (typeof all)[0]) => !c.population.informs],
] as const) {
  const s = all.filter(f);
  console.log(
    name,
    ...[
      ...WARMTHS.map((w) => (c: (typeof all)[0]) => ratiosTo(c.baseline, c.predictive[w])),
      (c: (typeof all)[0]) => ratiosTo(c.baseline, c.bound),
    ].map((g) => {
      const x = s.map(g);
      return `${geometricMean(x.map((y) => y.delay)).toFixed(1)}/${geometricMean(x.map((y) => y.polls)).toFixed(1)} (max ${Math.max(...x.map((y) => y.delay)).toFixed(0)}/${Math.max(...x.map((y) => y.polls)).toFixed(0)})`;
    }),
  );
}
console.log(performance.now() - t);
