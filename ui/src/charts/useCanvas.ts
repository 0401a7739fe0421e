// A canvas of the chart's size in device pixels, redrawn when what it shows changes.

import { useLayoutEffect, useRef, type RefObject } from 'react';

export function useCanvas(
  width: number,
  height: number,
  ratio: number,
  draw: (context: CanvasRenderingContext2D) => void,
  inputs: readonly unknown[],
): RefObject<HTMLCanvasElement> {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d') ?? null;
    if (canvas === null || context === null) return;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting a size clears; done only on change, so a redraw never shows an empty canvas.
    if (canvas.width !== w) canvas.width = w;
    if (canvas.height !== h) canvas.height = h;
    draw(context);
  }, [width, height, ratio, ...inputs]);
  return ref;
}
