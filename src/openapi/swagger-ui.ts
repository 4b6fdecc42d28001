import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A file of the documentation page. */
export interface PageFile {
  readonly contentType: string;
  readonly content: Buffer;
}

/** What the page loads, by the name in its URL. Nothing else of the package is served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The address is put together without credentials that stand in the page's own: `fetch` refuses those. */
const START = `SwaggerUIBundle({ url: new URL('openapi.json', location.origin + location.pathname).href, dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });`;

/** The page at `docs`; its links are relative, so that it works behind a path of a proxy. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Penstock API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** Everything the page needs comes from here; Swagger UI sets styles and images inline. */
export const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** A file of the page; `undefined` for a name that it does not have. */
export async function pageFile(name: string): Promise<PageFile | undefined> {
  if (name === 'start.js')
    return { contentType: 'text/javascript; charset=utf-8', content: Buffer.from(START) };
  const contentType = Object.hasOwn(CONTENT_TYPES, name) ? CONTENT_TYPES[name] : undefined;
  if (contentType === undefined) return undefined;
  const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);
  return { contentType, content: await readFile(path) };
}
