import { describe, expect, test } from '@jest/globals';
import { ChunkedBody } from './kit/chunked-body.js';

const WHOLE = Buffer.from('5\r\nhello\r\n10\r\n, this is a body\r\n0\r\n\r\n');

describe('the reader of chunked bodies', () => {
  test('gives the same content wherever it is split', () => {
    for (let size = 1; size <= WHOLE.length; size++) {
      const body = new ChunkedBody();
      let content = '';
      for (let at = 0; at < WHOLE.length; at += size)
        content += body.push(WHOLE.subarray(at, at + size)).toString();
      expect(content).toBe('hello, this is a body');
      expect(body.isComplete).toBe(true);
    }
  });

  test('gives content before its chunk is whole', () => {
    const body = new ChunkedBody();
    expect(body.push(Buffer.from('ffff\r\nabc')).toString()).toBe('abc');
    expect(body.push(Buffer.from('def')).toString()).toBe('def');
    expect(body.isComplete).toBe(false);
  });

  test.each([
    'xyz\r\n',
    '5\r\nhello!\r\n',
    '\r\n',
    '0\r\n\r\n5\r\nhello\r\n',
    '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
  ])('refuses %j', (text) => {
    expect(() => new ChunkedBody().push(Buffer.from(text, 'latin1'))).toThrow();
  });
});
