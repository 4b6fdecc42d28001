import { describe, expect, it } from 'vitest';

import { contentTypeOf } from './content-type.js';

describe('contentTypeOf', () => {
  it.each([
    ['video/mp4', 'video/mp4', 'video/mp4'],
    ['video/mp4', 'video/webm; codecs=vp9', 'video/webm; codecs=vp9'],
    ['video/mp4', 'application/octet-stream', 'video/mp4'],
    ['video/mp4', 'binary/octet-stream', 'video/mp4'],
    ['video/mp4', '', 'video/mp4'],
    ['application/octet-stream', 'image/png', 'image/png'],
    ['IMAGE/PNG', 'image/jpeg', 'image/jpeg'],
  ])('of %s and %j is %s', (told, got, type) => {
    expect(contentTypeOf(told, got)).toBe(type);
  });

  it.each([
    [
      'video/mp4',
      'text/html; charset=utf-8',
      'The upstream sent text/html for a file of the type video/mp4.',
    ],
    ['image/png', 'application/json', 'The upstream sent application/json for a file of the type image/png.'],
  ])('refuses for %s what comes as %s', (told, got, message) => {
    expect(() => contentTypeOf(told, got)).toThrow(message);
  });
});
