import { parseArgs } from 'node:util';

import { runDemo } from './demo.js';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });

process.exitCode = await runDemo({ once: values.once });
