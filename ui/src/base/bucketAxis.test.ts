import { describe, expect, it } from 'vitest';
import { bucketAxis, labelledEdges } from './bucketAxis';

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 1, 10];

describe('bucketAxis', () => {
  it('gives 0, the bounds and infinity ascending places from foot to top', () => {
    const axis = bucketAxis(BOUNDS, 'log', -Infinity);
    expect(axis.positions[0]).toBe(0);
    expect(axis.positions[axis.positions.length - 1]).toBe(1);
    for (let i = 1; i < axis.positions.length; i++) {
      expect(axis.positions[i]).toBeGreaterThan(axis.positions[i - 1] ?? 1);
    }
  });

  // A dot must be drawn in the bucket that counted it.
  it.each(['log', 'linear'] as const)('takes values there and back on %s', (scale) => {
    const axis = bucketAxis(BOUNDS, scale, 42);
    for (const value of [0, 0.001, 0.005, 0.03, 0.7, 9.9, 15]) {
      expect(axis.toValue(axis.toPosition(value))).toBeCloseTo(value, 9);
    }
  });

  it('makes room above the last bound for the largest exemplar, within reason', () => {
    expect(bucketAxis(BOUNDS, 'log', 60).toPosition(60)).toBeLessThan(1);
    const axis = bucketAxis(BOUNDS, 'log', 1e9);
    expect(axis.top).toBeCloseTo(1000, 6);
    expect(axis.toPosition(1e9)).toBe(1);
  });

  it('has no log axis for bounds that are not above 0', () => {
    expect(bucketAxis([-1, 0, 1], 'log', 1).scale).toBe('linear');
    expect(bucketAxis([-1, 0, 1], 'log', 1).edges[0]).toBe(-Infinity);
  });

  it('labels decades before the bounds between them', () => {
    const axis = bucketAxis(BOUNDS, 'log', -Infinity);
    const values = labelledEdges(axis, 0.15).map((index) => axis.edges[index]);
    expect(values).toContain(0.1);
    expect(values).toContain(1);
    expect(values).not.toContain(0.025);
  });
});
