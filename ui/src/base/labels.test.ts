import { describe, expect, it } from 'vitest';
import { labelsKey, selectorText } from './labels';
import { csvText } from './csv';
import { formatSeconds, formatShort, significant } from './format';

describe('selectorText', () => {
  it('writes what PromQL reads', () => {
    expect(selectorText('up', [])).toBe('up');
    expect(selectorText('up', [{ label: 'path', op: '=~', value: 'a"\\d\n' }])).toBe('up{path=~"a\\"\\\\d\\n"}');
    expect(selectorText('my.metric', [{ label: 'a.b', op: '!=', value: 'x' }])).toBe(
      '{__name__="my.metric","a.b"!="x"}',
    );
  });
  it('has one key for one set of labels', () => {
    expect(labelsKey({ b: '1', a: '2' })).toBe(labelsKey({ a: '2', b: '1' }));
  });
});

describe('csvText', () => {
  it('quotes what needs it and keeps formulas from running', () => {
    expect(csvText([['a,b', 'say "x"', 1.5, null, '=1+1']])).toBe('"a,b","say ""x""",1.5,,\'=1+1\r\n');
  });
});

describe('format', () => {
  it('is short and honest', () => {
    expect(formatSeconds(0.0125)).toBe('12.5 ms');
    expect(formatSeconds(0)).toBe('0 s');
    expect(formatSeconds(90)).toBe('90 s');
    expect(formatShort(1234567)).toBe('1.23M');
    expect(formatShort(12345)).toBe('12.3k');
    expect(significant(0.05)).toBe('0.05');
    expect(significant(1234)).toBe('1234');
  });
});
