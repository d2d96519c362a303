/** Digital zoom: which part of the picture is seen. */

export interface Zoom {
  /** How many times larger, at least 1. */
  scale: number;
  /** By how much the picture is moved, in parts of the box. */
  x: number;
  y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
export const MOST = 12;

/** Keep the picture over the whole box. */
export function kept({ scale, x, y }: Zoom): Zoom {
  const size = Math.min(MOST, Math.max(1, scale));
  const least = 1 - size;
  return { scale: size, x: Math.min(0, Math.max(least, x)), y: Math.min(0, Math.max(least, y)) };
}

/** Enlarge by `factor` around a point of the box, given in parts of it. */
export function zoomedAt(zoom: Zoom, factor: number, x: number, y: number): Zoom {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const by = scale / zoom.scale;
  return kept({ scale, x: x - (x - zoom.x) * by, y: y - (y - zoom.y) * by });
}

/** Move by parts of the box. */
export const movedBy = (zoom: Zoom, x: number, y: number): Zoom => kept({ ...zoom, x: zoom.x + x, y: zoom.y + y });

/** As a CSS transform whose origin is the upper left corner. */
export const transform = ({ scale, x, y }: Zoom) =>
  scale === 1 ? "none" : `translate(${x * 100}%, ${y * 100}%) scale(${scale})`;
