// Colour scales in OKLab, where equal distances look equal. A scale runs through a few stops, is
// re-spaced by arc length and only ever lightens or only darkens: so it is even to the eye, and
// readable without colour vision.

export interface Oklch {
  readonly l: number;
  readonly c: number;
  readonly h: number; // Degrees.
}

export type Rgb = readonly [number, number, number]; // 0..255
type Lab = readonly [number, number, number];

const toLab = ({ l, c, h }: Oklch): Lab => {
  const angle = (h * Math.PI) / 180;
  return [l, c * Math.cos(angle), c * Math.sin(angle)];
};

const encode = (linear: number): number => {
  const value = Math.min(1, Math.max(0, linear));
  const curved = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(curved * 255);
};

const decode = (channel: number): number => {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

export function labToRgb([l, a, b]: Lab): Rgb {
  const L = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const M = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const S = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S),
    encode(-1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S),
    encode(-0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S),
  ];
}

export function rgbToLab([red, green, blue]: Rgb): Lab {
  const [r, g, b] = [decode(red), decode(green), decode(blue)];
  const L = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const M = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const S = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * L + 0.793617785 * M - 0.0040720468 * S,
    1.9779984951 * L - 2.428592205 * M + 0.4505937099 * S,
    0.0259040371 * L + 0.7827717662 * M - 0.808675766 * S,
  ];
}

export const distance = (a: Lab, b: Lab): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

const mix = (a: Lab, b: Lab, share: number): Lab => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

// `count` colours along the stops at equal distances. REQUIRES: two stops, two colours.
export function evenScale(stops: readonly Oklch[], count: number): readonly Rgb[] {
  const fine = 64;
  const path: Lab[] = [];
  for (let i = 0; i + 1 < stops.length; i++) {
    const from = toLab(stops[i] as Oklch);
    const to = toLab(stops[i + 1] as Oklch);
    for (let j = i === 0 ? 0 : 1; j <= fine; j++) path.push(mix(from, to, j / fine));
  }
  const along = [0];
  for (let i = 1; i < path.length; i++) {
    along.push((along[i - 1] ?? 0) + distance(path[i - 1] as Lab, path[i] as Lab));
  }
  const length = along[along.length - 1] ?? 0;
  const colours: Rgb[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const target = (length * i) / (count - 1);
    while (at + 2 < path.length && (along[at + 1] ?? 0) < target) at++;
    const start = along[at] ?? 0;
    const width = (along[at + 1] ?? 0) - start;
    const share = width > 0 ? Math.min(1, (target - start) / width) : 0;
    colours.push(labToRgb(mix(path[at] as Lab, path[at + 1] as Lab, share)));
  }
  return colours;
}

export const cssRgb = ([r, g, b]: Rgb): string => `rgb(${r}, ${g}, ${b})`;
