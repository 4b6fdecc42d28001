import { z } from 'zod';

/** A data URL of 20 MiB, the most that a reference may have, grows by a third in base64. */
const LONGEST_DATA_URL = 28_000_000;
/** Such a URL is stored and shown with its generation. */
const LONGEST_LINK = 8_192;

/** Where a reference image is: on the web, or in the URL itself. */
export const referenceUrlSchema = z
  .string()
  .max(LONGEST_DATA_URL)
  .refine(
    (url) => url.startsWith('data:') || isLink(url),
    `expected an http(s) URL of at most ${String(LONGEST_LINK)} characters, or a data URL`,
  )
  .meta({ description: 'An http(s) URL, or the image itself as a data URL in base64.' });

function isLink(url: string): boolean {
  return url.length <= LONGEST_LINK && /^https?:\/\//.test(url) && URL.canParse(url);
}
