// Colours of the charts, light and dark. The map is cool (indigo to mint), what lies on it is warm, so
// a dot is found on any cell; edges of the opposite lightness keep both readable without colour vision.

import { evenScale, type Oklch, type Rgb } from '../base/oklab';

export interface ChartTheme {
  readonly name: 'light' | 'dark';
  readonly palette: readonly Rgb[]; // From the lowest count above 0 to the highest.
  readonly surface: string; // Behind the map: no data.
  readonly zero: string; // A cell that counted nothing.
  readonly text: string;
  readonly grid: string;
  readonly dot: string;
  readonly dotEdge: string;
  readonly hollow: string;
  readonly hole: string; // Inside a hollow dot.
  readonly lines: Readonly<Record<'p50' | 'p95' | 'p99', string>>;
  readonly casing: string;
  readonly crosshair: string;
  readonly brush: string;
  readonly series: readonly string[];
}

const COLOURS = 256;

const DARK: readonly Oklch[] = [
  { l: 0.28, c: 0.075, h: 283 },
  { l: 0.42, c: 0.1, h: 268 },
  { l: 0.6, c: 0.1, h: 230 },
  { l: 0.77, c: 0.09, h: 190 },
  { l: 0.95, c: 0.05, h: 165 },
];

const LIGHT: readonly Oklch[] = [
  { l: 0.955, c: 0.022, h: 190 },
  { l: 0.84, c: 0.065, h: 200 },
  { l: 0.66, c: 0.1, h: 228 },
  { l: 0.47, c: 0.115, h: 258 },
  { l: 0.28, c: 0.105, h: 278 },
];

export const DARK_THEME: ChartTheme = {
  name: 'dark',
  palette: evenScale(DARK, COLOURS),
  surface: '#0e131b',
  zero: '#141a26',
  text: '#9aa7b8',
  grid: 'rgba(148, 163, 184, 0.10)',
  dot: '#ffb020',
  dotEdge: '#120c02',
  hollow: '#ffc65c',
  hole: 'rgba(10, 14, 22, 0.8)',
  lines: { p50: '#ffffff', p95: '#e7a9ff', p99: '#ff6ba6' },
  casing: 'rgba(8, 12, 20, 0.85)',
  crosshair: 'rgba(255, 255, 255, 0.55)',
  brush: 'rgba(255, 255, 255, 0.14)',
  series: ['#6cb6ff', '#ffb454', '#7ee0b8', '#f58ab8', '#c3a6ff', '#e6d36a', '#74d3e8', '#ff9580', '#a3d977', '#9fb0c8'],
};

export const LIGHT_THEME: ChartTheme = {
  name: 'light',
  palette: evenScale(LIGHT, COLOURS),
  surface: '#fbfcfd',
  zero: '#f6f8fa',
  text: '#566273',
  grid: 'rgba(71, 85, 105, 0.10)',
  dot: '#f07c00',
  dotEdge: '#ffffff',
  hollow: '#d96c00',
  hole: 'rgba(255, 255, 255, 0.92)',
  lines: { p50: '#101828', p95: '#8a2fc4', p99: '#d9146a' },
  casing: 'rgba(255, 255, 255, 0.9)',
  crosshair: 'rgba(15, 23, 42, 0.45)',
  brush: 'rgba(15, 23, 42, 0.12)',
  series: ['#1f6fd1', '#c96a00', '#0f8a63', '#c02a76', '#7547c9', '#8a7500', '#0b7f99', '#c9402b', '#4d8a16', '#5b6b82'],
};
