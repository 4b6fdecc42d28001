import { UpstreamError, UrlGuard } from 'penstock/upstream';

import type { WebhookSettings } from '../webhooks.settings.js';

type Rules = Pick<WebhookSettings, 'allowHttp' | 'allowPrivateAddresses'>;

/** Such a URL is stored and shown. */
const LONGEST = 2_048;
const GUARD = new UrlGuard();

/** What is wrong with the URL of a webhook, as the rest of "…: got this; …"; `null` when nothing can be told from it. */
export function problemOf(text: string, rules: Rules): string | null {
  if (text.length > LONGEST || !URL.canParse(text))
    return `expected an absolute URL of at most ${String(LONGEST)} characters.`;
  const url = new URL(text);
  return problemOfScheme(url, rules) ?? problemOfParts(url) ?? problemOfHost(url, rules);
}

function problemOfScheme({ protocol }: URL, { allowHttp }: Rules): string | null {
  if (protocol === 'https:' || (protocol === 'http:' && allowHttp)) return null;
  return allowHttp
    ? 'expected a URL that begins with https:// or http://.'
    : 'expected a URL that begins with https:// (the setting webhooks.allowHttp takes http:// too).';
}

function problemOfParts({ username, password, hash }: URL): string | null {
  const isPlain = username === '' && password === '' && hash === '';
  return isPlain ? null : 'expected a URL without credentials and fragment.';
}

function problemOfHost({ href }: URL, { allowPrivateAddresses: allowPrivate }: Rules): string | null {
  try {
    GUARD.check(href, 'url', { allowHttp: true, allowPrivate });
    return null;
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.code !== 'address_not_allowed') throw error;
    return 'expected a public address (the setting webhooks.allowPrivateAddresses takes private ones too).';
  }
}
