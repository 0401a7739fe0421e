import { describe, expect, it } from 'vitest';
import { distance, evenScale, labToRgb, rgbToLab, type Oklch, type Rgb } from './oklab';

const STOPS: readonly Oklch[] = [
  { l: 0.25, c: 0.06, h: 280 },
  { l: 0.6, c: 0.1, h: 220 },
  { l: 0.95, c: 0.04, h: 160 },
];

describe('oklab', () => {
  it('takes sRGB there and back', () => {
    for (const rgb of [[0, 0, 0], [255, 255, 255], [18, 130, 200], [250, 180, 84]] as Rgb[]) {
      expect(labToRgb(rgbToLab(rgb))).toEqual(rgb);
    }
  });

  // An uneven scale shows edges where the data has none.
  it('spaces the colours of a scale evenly', () => {
    const colours = evenScale(STOPS, 33).map(rgbToLab);
    const steps = colours.slice(1).map((colour, i) => distance(colour, colours[i] ?? colour));
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.35);
  });

  // Lightness alone must carry the order, for eyes that do not tell hues apart.
  it('lightens with every colour', () => {
    const lightness = evenScale(STOPS, 33).map((rgb) => rgbToLab(rgb)[0]);
    for (let i = 1; i < lightness.length; i++) {
      expect(lightness[i]).toBeGreaterThan(lightness[i - 1] ?? 1);
    }
  });
});
