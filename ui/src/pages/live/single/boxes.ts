/** Where the tracked objects of a camera are now, from the topic `events`. */

export interface Boxed {
  id: string;
  label: string;
  name: string | null;
  score: number;
  /** Left, top, right and bottom in pixels of the detect stream. */
  box: [number, number, number, number];
  moving: boolean;
  /** When that was told, milliseconds of `performance.now()`. */
  told: number;
}

interface Told {
  type: string;
  after: {
    id: string;
    camera: string;
    label: string;
    sub_label: string | [string, number] | null;
    score: number;
    box: [number, number, number, number];
    stationary: boolean;
    false_positive: boolean;
  };
}

const MOVED_ON_MS = 2500; // an object that moves is elsewhere by then

/** Return the boxes after a message. */
export function taken(boxes: readonly Boxed[], message: unknown, camera: string, now: number): Boxed[] {
  const { type, after } = (message ?? {}) as Partial<Told>;
  if (after?.camera !== camera) return boxes as Boxed[];
  const others = boxes.filter(({ id }) => id !== after.id);
  if (type === "end" || after.false_positive || !Array.isArray(after.box)) return others;
  const name = Array.isArray(after.sub_label) ? after.sub_label[0] : after.sub_label;
  const { id, label, score, box, stationary } = after;
  return [...others, { id, label, name, score, box, moving: !stationary, told: now }];
}

/** Return those that are still right: a box is not left where somebody was. */
export const current = (boxes: readonly Boxed[], now: number): Boxed[] =>
  boxes.filter(({ moving, told }) => !moving || now - told < MOVED_ON_MS);
