import { describe, expect, it } from 'vitest';
import { neighbour, thinDots, type Dot } from './dots';

const dot = (timeMs: number, value: number, stored: Dot['stored'] = 'stored'): Dot => ({
  timeMs,
  value,
  stored,
  traceId: `t${timeMs}`,
  spanId: 's',
  series: {},
  labels: {},
});

describe('thinDots', () => {
  const many = Array.from({ length: 5000 }, (_, i) => dot(i, 0.01 + ((i * 7919) % 100) / 1000));

  it('leaves few dots alone', () => {
    expect(thinDots(many.slice(0, 50), 100)).toHaveLength(50);
  });

  it('keeps within the limit, in order of time', () => {
    const kept = thinDots(many, 300);
    expect(kept.length).toBeLessThanOrEqual(300);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.map((one) => one.timeMs)).toEqual(kept.map((one) => one.timeMs).sort((a, b) => a - b));
  });

  // The slow ones are what the chart is for.
  it('keeps the largest values', () => {
    const kept = thinDots([...many, dot(2500.5, 9), dot(2500.6, 8.9)], 300);
    expect(kept.filter((one) => one.value > 8)).toHaveLength(2);
  });

  // Thinning that chose anew with each refresh would make the chart flicker.
  it('keeps nearly the same dots when time goes on a little', () => {
    const before = new Set(thinDots(many.slice(0, 4900), 300));
    const after = thinDots(many.slice(50), 300).filter((one) => one.timeMs >= 50 && one.timeMs < 4900);
    expect(after.filter((one) => before.has(one)).length / after.length).toBeGreaterThan(0.9);
  });

  it('prefers a dot that opens to one that does not', () => {
    const pairs = many.flatMap((one) => [{ ...one, stored: 'missing' as const }, one]);
    const kept = thinDots(pairs, 200).filter((one) => one.value < 0.1);
    expect(kept.every((one) => one.stored === 'stored')).toBe(true);
  });
});

describe('neighbour', () => {
  const dots = [dot(1, 5), dot(2, 1), dot(3, 3)];
  it('walks by time and by value and stops at the ends', () => {
    expect(neighbour(dots, dots[0] ?? null, 'later')?.timeMs).toBe(2);
    expect(neighbour(dots, dots[2] ?? null, 'later')?.timeMs).toBe(3);
    expect(neighbour(dots, dots[2] ?? null, 'larger')?.value).toBe(5);
    expect(neighbour(dots, null, 'later')?.timeMs).toBe(3);
    expect(neighbour([], null, 'later')).toBeNull();
  });
});
