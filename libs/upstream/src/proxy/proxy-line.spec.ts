import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseProxyLine } from './proxy-line.js';

describe('parseProxyLine', () => {
  it.each([
    ['http://u:p@h.test:1', 'http://u:p@h.test:1'],
    ['https://h.test:8443', 'https://h.test:8443'],
    ['socks5://h.test:1', 'socks5://h.test:1'],
    ['socks5h://u:p@h.test:1', 'socks5://u:p@h.test:1'],
    ['h.test:1', 'http://h.test:1'],
    ['h.test:1:u:p', 'http://u:p@h.test:1'],
    ['h.test:1:user-country-us:p:w', 'http://user-country-us:p%3Aw@h.test:1'],
    ['u:p@h.test:1', 'http://u:p@h.test:1'],
    ['u:p@ss@h.test:1', 'http://u:p%40ss@h.test:1'],
    ['10.0.0.1:3128', 'http://10.0.0.1:3128'],
    ['[::1]:3128:u:p', 'http://u:p@[::1]:3128'],
    ['  h.test:1 \r', 'http://h.test:1'],
    ['http://h.test', 'http://h.test:80'],
    ['https://h.test/', 'https://h.test:443'],
    ['socks5://h.test', 'socks5://h.test:1080'],
  ])('reads %j', (line, url) => {
    expect(parseProxyLine(line)).toBe(url);
    expect(parseProxyLine(url)).toBe(url);
  });

  it.each([
    ...['', ' ', 'h.test', 'h.test:', ':1', 'h.test:1:u', 'h.test:1:u:', 'h.test:99999', 'h.test:0', 'h t:1'],
    ...['http:u:hunter2@h.test', 'socks4://u:hunter2@h.test:1', 'http://u:hunter2@h.test:1/path', '::1:3128'],
    ...['http://u:hunter2@h.test:1?a=b', 'http://u:100%hunter2@h.test:1', 'file:///etc/passwd', 'http://'],
  ])('refuses %j, and repeats no credentials', (line) => {
    let message = '';
    expect(() => {
      try {
        parseProxyLine(line);
      } catch (error) {
        message = String(error);
        throw error;
      }
    }).toThrow('proxyUrl must');
    expect(message).not.toContain('hunter2');
  });

  it('keeps every user and password', () => {
    const text = fc.stringMatching(/^[\x21-\x7e]{1,20}$/);
    fc.assert(
      fc.property(text, text, (user, password) => {
        fc.pre(!user.includes(':') && !`${user}${password}`.includes('@'));
        const url = new URL(parseProxyLine(`h.test:1:${user}:${password}`));
        expect([decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([
          user,
          password,
        ]);
      }),
      {
        examples: [
          ['//!', '!'],
          ['u', 'a://b'],
        ],
      },
    );
  });
});
