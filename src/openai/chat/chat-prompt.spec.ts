import { describe, expect, it } from 'vitest';

import { promptOf } from './chat-prompt.js';

const of = (content: unknown, ...later: { role: string; content: unknown }[]) =>
  promptOf({ messages: [{ role: 'user', content: 'earlier' }, { role: 'user', content }, ...later] });
const image = (url = 'https://client.example/a.png') => ({ type: 'image_url', image_url: { url } });
const text = (words: string) => ({ type: 'text', text: words });

describe('promptOf', () => {
  it('takes the last message of the user, whatever follows it', () => {
    expect(of(' a boat ', { role: 'assistant', content: null })).toEqual({
      prompt: 'a boat',
      imageUrl: null,
    });
  });

  it('joins texts and takes one image', () => {
    expect(of([text('a'), image(), text('b')])).toEqual({
      prompt: 'a\nb',
      imageUrl: 'https://client.example/a.png',
    });
  });

  it.each([
    ['nothing', undefined, /expected a text/],
    ['no text', [image()], /got no text/],
    ['blanks', '  \n', /got no text/],
    ['other parts', [text('a'), { type: 'input_audio' }], /expected a text, or parts/],
    ['a link that is none', [text('a'), image('ftp://x')], /expected a text, or parts/],
    ['two images', [text('a'), image(), image()], /got 2 images/],
    ['too much', [text('a'.repeat(20_000)), text('b'.repeat(20_000))], /got 40001 characters/],
  ])('refuses %s', (_, content, message) => {
    expect(() => of(content)).toThrow(message);
  });

  it('refuses a chat in which the user said nothing', () => {
    expect(() => promptOf({ messages: [{ role: 'system', content: 'x' }] })).toThrow(/role "user"/);
  });
});
