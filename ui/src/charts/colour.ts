// From a count to its place on the colour scale, and back for the legend.

export type ColourMode = 'log' | 'sqrt' | 'linear';

// 0 at a count of 0, 1 at the largest.
export function shareOf(count: number, largest: number, mode: ColourMode): number {
  if (largest <= 0) return 0;
  const within = Math.min(1, Math.max(0, count / largest));
  switch (mode) {
    case 'log':
      return Math.log1p(within * largest) / Math.log1p(largest);
    case 'sqrt':
      return Math.sqrt(within);
    case 'linear':
      return within;
  }
}

export function countOf(share: number, largest: number, mode: ColourMode): number {
  switch (mode) {
    case 'log':
      return Math.expm1(share * Math.log1p(largest));
    case 'sqrt':
      return share * share * largest;
    case 'linear':
      return share * largest;
  }
}

export const paletteIndex = (count: number, largest: number, mode: ColourMode, size: number): number =>
  Math.min(size - 1, Math.floor(shareOf(count, largest, mode) * size));

// Two numbers nearer than this on the scale would run into each other.
const NUMBER_GAP = 0.2;

// Round counts to number the legend with, the largest among them.
export function legendCounts(largest: number, mode: ColourMode): readonly number[] {
  if (largest <= 0) return [0];
  const counts = [0];
  if (mode === 'log') {
    for (let count = largest < 10 ? 1 : 10; count < largest; count *= 10) counts.push(count);
  } else {
    const rough = largest / 4;
    const size = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((one) => one >= rough) ?? rough;
    for (let count = step; count < largest; count += step) counts.push(count);
  }
  const clear = counts.filter((count) => 1 - shareOf(count, largest, mode) >= NUMBER_GAP);
  return [...clear, largest];
}
