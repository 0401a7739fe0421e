import { describe, expect, it } from 'vitest';
import { axisTicks } from './axisTicks';

describe('axisTicks', () => {
  it('steps by round numbers from 0 and stays within the trace', () => {
    expect(axisTicks(125_472_000, 5)).toEqual([0, 5e7, 1e8]);
    expect(axisTicks(1, 5)).toEqual([0]);
    expect(axisTicks(123_456_789_000, 5).length).toBeLessThanOrEqual(6);
  });
});
