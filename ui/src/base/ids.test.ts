import { describe, expect, it } from 'vitest';
import { hexId, isTraceId } from './ids';

describe('hexId', () => {
  it('reads base64 and hex', () => {
    expect(hexId('ASNFZ4mrze8=', 8)).toBe('0123456789abcdef');
    expect(hexId('0123456789ABCDEF', 8)).toBe('0123456789abcdef');
    expect(hexId('ASNFZ4mrze8BI0VniavN7w==', 16)).toBe('0123456789abcdef0123456789abcdef');
    expect(hexId('', 8)).toBe('');
  });
  it.each(['ASNFZ4mrze8=x', '0123', '****', 'ASNFZ4mrze8BI0VniavN7w=='])('refuses %j as a span id', (text) => {
    expect(hexId(text, 8)).toBeNull();
  });
  it('knows a trace id', () => {
    expect(isTraceId('0'.repeat(32))).toBe(false);
    expect(isTraceId('a'.repeat(32))).toBe(true);
  });
});
