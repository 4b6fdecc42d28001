import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { findModule, type NestModule } from './find-module.js';
import { PluginError } from './plugin.errors.js';

/**
 * Loads the Nest modules of plugins that are named by configuration, in the order of `specifiers`; one that is named
 * twice is loaded once.
 *
 * Each specifier is a path (`./plugins/acme.js`, absolute, or a `file:` URL) or the name of an installed package. What
 * it leads to has a Nest module as its default export, or exactly one class with `@Module(…)` among its exports.
 * Loading runs the plugin's code with all the rights of the process.
 *
 * @param baseDir - absolute; where relative paths start and packages are looked for
 * @throws PluginError `plugin_not_loaded`, with the reason for every specifier that leads to no module
 */
export async function loadPluginModules(
  specifiers: readonly string[],
  baseDir: string,
): Promise<readonly NestModule[]> {
  const modules = new Set<NestModule>();
  const problems: string[] = [];
  let cause: unknown;
  for (const specifier of specifiers) {
    try {
      const found = await findModule(await load(specifier, baseDir));
      if (typeof found === 'string') problems.push(`Plugin "${specifier}": ${found}`);
      else modules.add(found);
    } catch (error) {
      cause ??= error;
      problems.push(`Plugin "${specifier}": ${reasonOf(error)}`);
    }
  }
  if (problems.length === 0) return [...modules];
  const help = `Each plugin is an installed package or a path from ${baseDir}, such as ./plugins/acme.js.`;
  throw PluginError.listing('plugin_not_loaded', [...problems, help], cause);
}

async function load(specifier: string, baseDir: string): Promise<Readonly<Record<string, unknown>>> {
  if (specifier.trim() === '') throw new Error('The name is empty.');
  return (await import(/* @vite-ignore */ locate(specifier, baseDir))) as Readonly<Record<string, unknown>>;
}

/** What to import: the URL of a file, or a package's bare name. A folder means the `index.js` in it. */
function locate(specifier: string, baseDir: string): string {
  const name = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
  try {
    return pathToFileURL(createRequire(resolve(baseDir, 'plugins.js')).resolve(name)).href;
  } catch (error) {
    if (/^\.{0,2}\//.test(name)) throw error;
    return name; // Packages that are only for `import` are looked for beside this one.
  }
}

const NOT_FOUND = new Set<unknown>(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `Could not be loaded. ${String(error)}`;
  const [message = ''] = error.message.split('\n');
  const isMissing = 'code' in error && NOT_FOUND.has(error.code);
  return `${isMissing ? 'Not found.' : 'Could not be loaded.'} ${message}`;
}
