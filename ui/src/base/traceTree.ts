// A trace as rows of a waterfall: parents before children, children by start, self time, and the
// chain of spans that the total waited for.

import { durationNs, attributeText, type Span } from './span';
import type { TimeNs } from './time';

export interface SpanRow {
  readonly span: Span;
  readonly depth: number;
  readonly children: number; // Direct ones.
  readonly descendants: number;
  readonly last: boolean; // The last child of its parent: its tree line ends here.
  // For each ancestor level above, at most MAX_LINES: has it a later sibling, so that its line goes on?
  readonly lines: readonly boolean[];
  readonly selfNs: number; // Time not covered by any child.
  readonly critical: boolean;
  readonly orphan: boolean; // Names a parent that is not in the trace.
}

// Deeper rows are drawn at this depth: a chain of thousands must cost no thousand lines a row.
export const MAX_LINES = 40;

export interface Trace {
  readonly traceId: string;
  readonly rows: readonly SpanRow[];
  readonly start: TimeNs;
  readonly end: TimeNs;
  readonly root: Span;
  readonly services: readonly string[]; // In order of first appearance.
  readonly errors: number;
}

// Null for no spans. A cycle of parents (foreign data) is cut where it is first met. No recursion: a
// trace may be a chain of thousands.
export function traceTree(traceId: string, given: readonly Span[]): Trace | null {
  const byId = new Map<string, Span>();
  for (const span of given) if (!byId.has(span.spanId)) byId.set(span.spanId, span);
  const spans = [...byId.values()].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  if (spans.length === 0) return null;
  const children = new Map<string, Span[]>();
  const tops: Span[] = [];
  for (const span of spans) {
    if (span.parentId === '' || !byId.has(span.parentId) || span.parentId === span.spanId) tops.push(span);
    else {
      const siblings = children.get(span.parentId);
      if (siblings === undefined) children.set(span.parentId, [span]);
      else siblings.push(span);
    }
  }
  const placed = new Set<string>();
  const draft: Omit<SpanRow, 'descendants' | 'critical'>[] = [];
  const walk = (top: Span, last: boolean): void => {
    const stack: { span: Span; depth: number; last: boolean; lines: readonly boolean[] }[] = [
      { span: top, depth: 0, last, lines: [] },
    ];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { span, depth, lines } = next;
      if (placed.has(span.spanId)) continue;
      placed.add(span.spanId);
      const below = (children.get(span.spanId) ?? []).filter((child) => !placed.has(child.spanId));
      draft.push({
        span,
        depth,
        children: below.length,
        last: next.last,
        lines,
        selfNs: selfTime(span, below),
        orphan: span.parentId !== '' && !byId.has(span.parentId),
      });
      const goesOn = depth === 0 || lines.length >= MAX_LINES ? lines : [...lines, !next.last];
      for (let i = below.length - 1; i >= 0; i--) {
        const child = below[i];
        if (child !== undefined) {
          stack.push({ span: child, depth: depth + 1, last: i === below.length - 1, lines: goesOn });
        }
      }
    }
  };
  tops.forEach((top, index) => walk(top, index === tops.length - 1));
  for (const span of spans) if (!placed.has(span.spanId)) walk(span, true);
  const root = draft[0]?.span ?? (spans[0] as Span);
  const critical = criticalPath(root, children);
  const descendants = descendantCounts(draft);
  const rows = draft.map((row, index) => ({
    ...row,
    descendants: descendants[index] ?? 0,
    critical: critical.has(row.span.spanId),
  }));
  let start = root.start;
  let end = root.end;
  for (const span of spans) {
    if (span.start < start) start = span.start;
    if (span.end > end) end = span.end;
  }
  return {
    traceId,
    rows,
    start,
    end,
    root,
    services: [...new Set(rows.map((row) => row.span.service))],
    errors: spans.filter((span) => span.status === 'error').length,
  };
}

// A row's descendants are the deeper rows up to the next one that is not deeper.
function descendantCounts(rows: readonly { readonly depth: number }[]): readonly number[] {
  const counts = new Array<number>(rows.length).fill(0);
  const open: number[] = [];
  const closeTo = (depth: number, end: number): void => {
    for (let top = open[open.length - 1]; top !== undefined; top = open[open.length - 1]) {
      if ((rows[top]?.depth ?? 0) < depth) return;
      counts[top] = end - top - 1;
      open.pop();
    }
  };
  rows.forEach((row, index) => {
    closeTo(row.depth, index);
    open.push(index);
  });
  closeTo(-1, rows.length);
  return counts;
}

// REQUIRES: children by start.
function selfTime(span: Span, children: readonly Span[]): number {
  let covered = 0n;
  let reached: bigint = span.start;
  for (const child of children) {
    const from = child.start > reached ? child.start : reached;
    const to = child.end < span.end ? child.end : span.end;
    if (to > from) {
      covered += to - from;
      reached = to;
    }
  }
  return Math.max(0, durationNs(span) - Number(covered));
}

// Backwards from the end of the root: whichever child ended last before the moment is what was
// waited for; then the one that ended last before that child began.
function criticalPath(root: Span, children: ReadonlyMap<string, readonly Span[]>): ReadonlySet<string> {
  const path = new Set<string>();
  const stack: Span[] = [root];
  for (let span = stack.pop(); span !== undefined; span = stack.pop()) {
    if (path.has(span.spanId)) continue;
    path.add(span.spanId);
    const byEnd = [...(children.get(span.spanId) ?? [])].sort((a, b) => (a.end > b.end ? -1 : 1));
    let moment: bigint = span.end;
    for (const child of byEnd) {
      if (child.end <= moment && child.end > child.start) {
        stack.push(child);
        moment = child.start;
      }
    }
  }
  return path;
}

export interface NameSummary {
  readonly name: string;
  readonly service: string;
  readonly count: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly errors: number;
}

export function summarise(trace: Trace): readonly NameSummary[] {
  const names = new Map<string, NameSummary>();
  for (const { span, selfNs } of trace.rows) {
    const key = `${span.service}\u0000${span.name}`;
    const held = names.get(key);
    names.set(key, {
      name: span.name,
      service: span.service,
      count: (held?.count ?? 0) + 1,
      totalNs: (held?.totalNs ?? 0) + durationNs(span),
      selfNs: (held?.selfNs ?? 0) + selfNs,
      errors: (held?.errors ?? 0) + (span.status === 'error' ? 1 : 0),
    });
  }
  return [...names.values()];
}

// The rows to draw: what is under a collapsed span is left out; with a filter, the matching spans
// and the chain above each, whatever is collapsed.
export function visibleRows(
  trace: Trace,
  collapsed: ReadonlySet<string>,
  filter: string,
): readonly SpanRow[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted !== '') return matchingRows(trace.rows, wanted);
  const rows: SpanRow[] = [];
  for (let i = 0; i < trace.rows.length; i++) {
    const row = trace.rows[i] as SpanRow;
    rows.push(row);
    if (collapsed.has(row.span.spanId)) i += row.descendants;
  }
  return rows;
}

export function spanMatches(span: Span, wanted: string): boolean {
  const has = (text: string): boolean => text.toLowerCase().includes(wanted);
  return (
    has(span.name) ||
    has(span.service) ||
    has(span.spanId) ||
    span.attributes.some((one) => has(one.key) || has(attributeText(one.value)))
  );
}

function matchingRows(rows: readonly SpanRow[], wanted: string): readonly SpanRow[] {
  const keep = new Set<number>();
  const above: number[] = [];
  rows.forEach((row, index) => {
    above.length = row.depth;
    if (spanMatches(row.span, wanted)) {
      for (const ancestor of above) keep.add(ancestor);
      keep.add(index);
    }
    above.push(index);
  });
  return rows.filter((_, index) => keep.has(index));
}
