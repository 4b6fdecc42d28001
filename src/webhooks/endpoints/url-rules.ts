import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

import type { WebhookSettings } from '../webhooks.settings.js';
import { isPublicAddress } from './public-address.js';

type Rules = Pick<WebhookSettings, 'allowHttp' | 'allowPrivateAddresses'>;

/** Such a URL is stored and shown. */
const LONGEST = 2_048;

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

function problemOfHost({ hostname }: URL, { allowPrivateAddresses }: Rules): string | null {
  const address = hostname.replace(/^\[|\]$/g, '');
  const isPublic = isIP(address) === 0 ? !isLocalName(address) : isPublicAddress(address);
  if (isPublic || allowPrivateAddresses) return null;
  return 'expected a public address (the setting webhooks.allowPrivateAddresses takes private ones too).';
}

const isLocalName = (name: string): boolean => /(^|\.)localhost\.?$/i.test(name);

/**
 * Resolves names for connections, and hands out public addresses only, so that a name cannot lead elsewhere after it was
 * checked. Fails with `EPRIVATE` when a name has no public address.
 */
export function guardedLookup(rules: () => Rules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const allowed = rules().allowPrivateAddresses
        ? found
        : (found as LookupAddress[] | undefined)?.filter(({ address }) => isPublicAddress(address));
      const first = allowed?.[0];
      const problem = error ?? (first === undefined ? privateAddress(hostname) : null);
      if (problem !== null || first === undefined) callback(problem, '', 0);
      else if (options.all === true) callback(null, allowed ?? []);
      else callback(null, first.address, first.family);
    });
  };
}

function privateAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} leads to no public address`), { code: 'EPRIVATE' });
}
