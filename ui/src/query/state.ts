// What the Explorer shows. All of it is in the URL (urlState.ts) and nowhere else.

import type { YScale } from '../base/bucketAxis';
import type { Matcher } from '../base/labels';
import type { TimeRange } from '../base/range';
import type { Zone } from '../base/time';

export const FUNCTIONS = ['auto', 'rate', 'increase', 'value', 'avg', 'min', 'max'] as const;
export type Alignment = (typeof FUNCTIONS)[number];

export const COMBINES = ['auto', 'none', 'sum', 'avg', 'min', 'max', 'count'] as const;
export type Combine = (typeof COMBINES)[number];

export const SORTS = ['max', 'mean', 'last', 'name'] as const;
export type SortBy = (typeof SORTS)[number];

export interface Query {
  readonly mode: 'builder' | 'code';
  readonly metric: string;
  readonly filters: readonly Matcher[];
  readonly groupBy: readonly string[];
  readonly align: Alignment;
  readonly combine: Combine;
  readonly sort: SortBy;
  readonly descending: boolean;
  readonly limit: number | null; // Null: the chart's own.
  readonly code: string;
  readonly folded: boolean;
}

export const VIEWS = ['chart', 'table', 'both'] as const;
export type View = (typeof VIEWS)[number];

export const COLOUR_SCALES = ['log', 'sqrt', 'linear'] as const;
export type ColourScale = (typeof COLOUR_SCALES)[number];

export const LAYERS = ['p50', 'p95', 'p99', 'dots'] as const;
export type Layer = (typeof LAYERS)[number];

export interface OpenTrace {
  readonly traceId: string;
  readonly spanId: string;
}

export interface ExplorerState {
  readonly queries: readonly Query[]; // At least one, at most MAX_QUERIES.
  readonly range: TimeRange;
  readonly refreshMs: number; // 0: only by hand.
  readonly zone: Zone;
  readonly view: View;
  readonly y: YScale;
  readonly colour: ColourScale;
  readonly hidden: readonly Layer[];
  readonly stepMs: number | null; // Null: chosen by the range.
  readonly autoRun: boolean;
  readonly trace: OpenTrace | null;
}

export const MAX_QUERIES = 8;
export const REFRESHES_MS: readonly number[] = [0, 1_000, 5_000, 15_000, 30_000, 60_000, 300_000];

export const EMPTY_QUERY: Query = {
  mode: 'builder',
  metric: '',
  filters: [],
  groupBy: [],
  align: 'auto',
  combine: 'auto',
  sort: 'max',
  descending: true,
  limit: null,
  code: '',
  folded: false,
};

export const DEFAULT_STATE: ExplorerState = {
  queries: [EMPTY_QUERY],
  range: { kind: 'last', ms: 15 * 60_000 },
  refreshMs: 0,
  zone: 'local',
  view: 'chart',
  y: 'log',
  colour: 'log',
  hidden: [],
  stepMs: null,
  autoRun: true,
  trace: null,
};

export const queryLetter = (index: number): string => String.fromCharCode(65 + index);

// True when running the query would ask the server something.
export const asksSomething = (query: Query): boolean =>
  query.mode === 'code' ? query.code.trim() !== '' : query.metric !== '';
