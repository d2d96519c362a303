/** The colours and types of the design, for what is drawn on a canvas. */
const NAMES = [
  "surface-0",
  "surface-1",
  "surface-2",
  "border",
  "text",
  "text-soft",
  "text-faint",
  "accent",
  "accent-soft",
  "on-accent",
  "alert",
  "detection",
  "motion",
  "motion-soft",
  "sensor",
  "export",
  "gap",
] as const;

export type Palette = Record<(typeof NAMES)[number], string> & {
  /** Fonts of captions, normal and strong. */
  font: string;
  strong: string;
  hatch: CanvasPattern | null;
};

/** Read them as they are now: they change with the theme. */
export function palette(context: CanvasRenderingContext2D): Palette {
  const style = getComputedStyle(document.documentElement);
  const found = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  const px = Number.parseFloat(style.fontSize) * Number.parseFloat(style.getPropertyValue("--text-1"));
  const family = style.getPropertyValue("--font");
  return {
    ...(found as Record<(typeof NAMES)[number], string>),
    font: `400 ${px}px ${family}`,
    strong: `${style.getPropertyValue("--weight-strong").trim()} ${px}px ${family}`,
    hatch: hatch(context, found.gap as string),
  };
}

/** Slanted lines: a gap is told by its pattern, not by a colour alone. */
function hatch(context: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const tile = document.createElement("canvas");
  const size = 8;
  tile.width = tile.height = size;
  const lines = tile.getContext("2d");
  if (!lines) return null;
  lines.strokeStyle = colour;
  lines.lineWidth = 1.25;
  for (const shift of [-size, 0, size]) {
    lines.moveTo(shift, size);
    lines.lineTo(shift + size, 0);
  }
  lines.stroke();
  return context.createPattern(tile, "repeat");
}
