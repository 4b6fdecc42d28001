import { startCounterUpstream } from './stub-upstream.js';

const { base } = await startCounterUpstream({ key: 'counter-key', port: 4100 });
process.stdout.write(`Counter listens on ${base} and takes the key counter-key.\n`);
