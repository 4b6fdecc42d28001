import { runCommand } from './command.js';

// Backups hold prompts and sealed secrets: they are for the user of this process, and for nobody else.
process.umask(0o077);

const { message, exitCode } = await runCommand(process.argv.slice(2));
(exitCode === 0 ? process.stdout : process.stderr).write(`${message}\n`);
process.exitCode = exitCode;
