// Reads the pixels of a screenshot: PNG with 8 bits a channel, RGB or RGBA, not interlaced.
import { inflateSync } from 'node:zlib';

const SIGNATURE = 8;

function paeth(a, b, c) {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

export function readPng(bytes) {
  let at = SIGNATURE;
  const data = [];
  let [width, height, channels] = [0, 0, 0];
  while (at < bytes.length) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[body[9]];
      if (body[8] !== 8 || channels === undefined || body[12] !== 0) throw new Error('png: a kind that screenshots are not');
    } else if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const value = raw[y * (stride + 1) + 1 + x];
      const left = x >= channels ? pixels[y * stride + x - channels] : 0;
      const up = y > 0 ? pixels[(y - 1) * stride + x] : 0;
      const corner = y > 0 && x >= channels ? pixels[(y - 1) * stride + x - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[y * stride + x] = (value + guess) & 255;
    }
  }
  return {
    width,
    height,
    at: (x, y) => {
      const start = Math.round(y) * stride + Math.round(x) * channels;
      return [pixels[start], pixels[start + 1], pixels[start + 2]];
    },
  };
}

export const lightness = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
export const apart = (a, b) => Math.max(...a.map((value, index) => Math.abs(value - b[index])));
