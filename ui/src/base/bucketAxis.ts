// Where a value stands on the y axis of a histogram: 0 at the foot, 1 at the top.
//
// A log axis has no place for 0 or for infinity, and both ends of a histogram are there. So the
// bucket from 0 to the first bound is a band of its own in which values run linearly, and the
// bucket above the last bound goes on logarithmically as far as the largest exemplar needs it.

export type YScale = 'log' | 'linear';

export interface BucketAxis {
  readonly scale: YScale;
  // Ascending edges of all buckets: the first lower edge, each bound, and Infinity at the end.
  readonly edges: readonly number[];
  // Position of each edge, ascending from 0 to 1.
  readonly positions: readonly number[];
  // The value at the top edge of the drawing. What is larger is drawn at the top.
  readonly top: number;
  readonly toPosition: (value: number) => number;
  readonly toValue: (position: number) => number;
}

// Height of the band from 0 to the first bound, in decades of the log axis around it.
const FOOT_DECADES = 0.35;
const MIN_HEAD_DECADES = 0.3;
const MAX_HEAD_DECADES = 2;

// A first bound of 0 or less makes the lowest bucket open below: it gets no band of its own.
export function lowestEdge(bounds: readonly number[]): number {
  const first = bounds[0] ?? 0;
  return first > 0 ? 0 : -Infinity;
}

export const canBeLog = (bounds: readonly number[]): boolean => (bounds[0] ?? 0) > 0;

// `bounds`: the finite upper bounds, ascending. `largest`: the largest value that must have a
// place, or -Infinity. Log falls back to linear where the first bound is not above 0.
export function bucketAxis(
  bounds: readonly number[],
  wanted: YScale,
  largest: number,
): BucketAxis {
  const scale: YScale = wanted === 'log' && canBeLog(bounds) ? 'log' : 'linear';
  return scale === 'log' ? logAxis(bounds, largest) : linearAxis(bounds, largest);
}

function logAxis(bounds: readonly number[], largest: number): BucketAxis {
  const first = bounds[0] ?? 1;
  const last = bounds[bounds.length - 1] ?? first;
  const need = largest > last ? Math.log10(largest / last) + 0.08 : 0;
  const head = Math.min(MAX_HEAD_DECADES, Math.max(MIN_HEAD_DECADES, need));
  const body = Math.log10(last / first);
  const foot = Math.max(FOOT_DECADES, body * 0.06);
  const height = foot + body + head;
  const start = Math.log10(first);
  const toPosition = (value: number): number => {
    if (Number.isNaN(value)) return NaN;
    if (value <= first) return (Math.max(0, value / first) * foot) / height;
    return Math.min(1, (foot + Math.log10(value) - start) / height);
  };
  const toValue = (position: number): number => {
    const at = position * height;
    return at <= foot ? (Math.max(0, at) / foot) * first : 10 ** (at - foot + start);
  };
  const edges = [0, ...bounds, Infinity];
  return {
    scale: 'log',
    edges,
    positions: edges.map((edge) => (edge === Infinity ? 1 : toPosition(edge))),
    top: last * 10 ** head,
    toPosition,
    toValue,
  };
}

function linearAxis(bounds: readonly number[], largest: number): BucketAxis {
  const lowest = lowestEdge(bounds);
  const first = bounds[0] ?? 0;
  const last = bounds[bounds.length - 1] ?? 1;
  const width = Math.max(last - Math.min(0, first), Math.abs(last), 1e-12);
  const foot = lowest === 0 ? 0 : first - width * 0.08;
  const top = Math.min(last + 2 * width, Math.max(last + width * 0.1, largest + width * 0.05));
  const toPosition = (value: number): number =>
    Number.isNaN(value)
      ? NaN
      : Math.min(1, Math.max(0, (value - foot) / (top - foot)));
  const edges = [lowest, ...bounds, Infinity];
  return {
    scale: 'linear',
    edges,
    positions: edges.map((edge) => (edge === Infinity ? 1 : edge === -Infinity ? 0 : toPosition(edge))),
    top,
    toPosition,
    toValue: (position) => foot + position * (top - foot),
  };
}

// Which edges to label, so that labels stand `gap` (in positions) apart: round decades go first.
export function labelledEdges(axis: BucketAxis, gap: number): readonly number[] {
  const rank = (edge: number): number => {
    if (edge <= 0 || !Number.isFinite(edge)) return 0;
    const decade = Math.log10(edge);
    if (Math.abs(decade - Math.round(decade)) < 1e-9) return 1;
    const lead = edge / 10 ** Math.floor(decade);
    return Math.abs(lead - 5) < 1e-9 ? 2 : Math.abs(lead - 2.5) < 1e-9 || Math.abs(lead - 2) < 1e-9 ? 3 : 4;
  };
  const order = axis.edges.map((edge, index) => ({ index, rank: rank(edge) }));
  order.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const taken: number[] = [];
  for (const { index } of order) {
    const place = axis.positions[index] ?? 0;
    if (taken.every((other) => Math.abs((axis.positions[other] ?? 0) - place) >= gap)) taken.push(index);
  }
  return taken.sort((a, b) => a - b);
}
