// What a browser test may ask of the page: `window.__glint.dots()` gives every dot that is drawn, with
// its ids, whether its trace is stored, and where its middle is in CSS pixels of the viewport. Read-only:
// nothing in the page reads it and nothing can be done through it.

export interface ShownDot {
  readonly traceId: string;
  readonly spanId: string;
  readonly x: number;
  readonly y: number;
  readonly stored: string;
}

declare global {
  interface Window {
    __glint?: { readonly dots: () => readonly ShownDot[] };
  }
}

const charts = new Map<string, () => readonly ShownDot[]>();

// Returns how to take the chart away again.
export function showDots(chart: string, dots: () => readonly ShownDot[]): () => void {
  charts.set(chart, dots);
  window.__glint ??= Object.freeze({ dots: () => [...charts.values()].flatMap((one) => [...one()]) });
  return () => charts.delete(chart);
}
