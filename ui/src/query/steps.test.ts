import { describe, expect, it } from 'vitest';
import { timeMs } from '../base/time';
import { alignSpan, chooseSteps, intervalOf } from './steps';

const MIN = 60_000;

describe('chooseSteps', () => {
  it('is as fine as the range needs and the scrapes allow', () => {
    expect(chooseSteps(15 * MIN, 5_000, null, 90)).toEqual({ stepMs: 10_000, windowMs: 20_000, raised: false });
    expect(chooseSteps(15 * MIN, 15_000, null, 90)).toEqual({ stepMs: 30_000, windowMs: 60_000, raised: false });
    expect(chooseSteps(30 * 1440 * MIN, 15_000, null, 90).stepMs).toBe(43_200_000);
  });
  it('keeps the asked step, unless the answer would be refused', () => {
    expect(chooseSteps(15 * MIN, 15_000, 10_000, 90)).toEqual({ stepMs: 10_000, windowMs: 60_000, raised: false });
    const raised = chooseSteps(30 * 1440 * MIN, 15_000, 1_000, 90);
    expect(raised.raised).toBe(true);
    expect((30 * 1440 * MIN) / raised.stepMs).toBeLessThanOrEqual(11_000);
  });
});

describe('alignSpan', () => {
  // A live chart whose columns moved by parts of a step would shimmer.
  it('gives the same columns for any moment within a step', () => {
    const at = (now: number) => alignSpan({ from: timeMs(now - 60_000), to: timeMs(now) }, 10_000);
    expect(at(100_001)).toEqual({ from: 40_000, to: 110_000 });
    expect(at(109_999)).toEqual({ from: 40_000, to: 110_000 });
  });
});

describe('intervalOf', () => {
  it('is the usual gap, whatever one late scrape does', () => {
    expect(intervalOf([0, 5000, 10_002, 30_000, 35_001])).toBe(5000);
    expect(intervalOf([5])).toBeNull();
  });
});
