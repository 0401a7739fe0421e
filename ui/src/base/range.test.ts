import { describe, expect, it } from 'vitest';
import { between, resolveRange, shiftRange, zoomOut } from './range';
import { timeMs } from './time';

const NOW = timeMs(10_000_000);

describe('range', () => {
  it('resolves the last while against the clock', () => {
    expect(resolveRange({ kind: 'last', ms: 60_000 }, NOW)).toEqual({ from: 9_940_000, to: NOW });
  });

  it('shifts by half a window and back', () => {
    const back = shiftRange({ kind: 'last', ms: 60_000 }, -1, NOW);
    expect(back).toEqual({ kind: 'between', from: 9_910_000, to: 9_970_000 });
    expect(shiftRange(back, 1, NOW)).toEqual({ kind: 'between', from: 9_940_000, to: NOW });
  });

  it('zooms out without going into the future', () => {
    expect(zoomOut({ kind: 'last', ms: 60_000 }, NOW)).toEqual({ kind: 'last', ms: 120_000 });
    expect(zoomOut(between(9_990_000, 10_000_000), NOW)).toEqual(between(9_980_000, 10_000_000));
  });

  it('keeps a dragged range the right way round and not empty', () => {
    expect(between(5000, 2000)).toEqual({ kind: 'between', from: 2000, to: 5000 });
    expect(between(2000.4, 9000.3)).toEqual({ kind: 'between', from: 2000, to: 9000 });
    expect(between(5000, 5000)).toEqual({ kind: 'between', from: 5000, to: 6000 });
  });
});
