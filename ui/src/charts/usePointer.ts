// Pointer and brush of a chart: where the pointer is, a drag along time, a click.

import { useRef, useState, type PointerEvent } from 'react';
import { inside, type PlotLayout } from './layout';

// A drag shorter than this is a click with an unsteady hand.
const DRAG_FROM = 5;

export interface Pointer {
  readonly at: { readonly x: number; readonly y: number } | null;
  readonly brush: readonly [number, number] | null;
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerLeave: () => void;
  };
}

export function usePointer(
  layout: PlotLayout,
  onBrush: (fromMs: number, toMs: number) => void,
  onClick: (x: number, y: number) => void,
): Pointer {
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const [brush, setBrush] = useState<readonly [number, number] | null>(null);
  const down = useRef<{ x: number; y: number } | null>(null);
  const place = (event: PointerEvent<HTMLElement>): { x: number; y: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const clampX = (x: number): number => Math.min(layout.left + layout.width, Math.max(layout.left, x));
  return {
    at,
    brush,
    handlers: {
      onPointerMove: (event) => {
        const point = place(event);
        const start = down.current;
        if (start !== null && Math.abs(point.x - start.x) >= DRAG_FROM) {
          setBrush([clampX(start.x), clampX(point.x)]);
        }
        setAt(start !== null || inside(layout, point.x, point.y) ? point : null);
      },
      onPointerDown: (event) => {
        const point = place(event);
        if (event.button !== 0) return;
        down.current = inside(layout, point.x, point.y) ? point : null;
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerUp: (event) => {
        const point = place(event);
        const start = down.current;
        down.current = null;
        setBrush(null);
        if (brush !== null) onBrush(layout.timeAt(brush[0]), layout.timeAt(brush[1]));
        else if (start !== null || event.button === 0) onClick(point.x, point.y);
      },
      onPointerLeave: () => {
        if (down.current === null) setAt(null);
      },
    },
  };
}
