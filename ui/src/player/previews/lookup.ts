/** Which small picture belongs to a moment (docs/previews.md). */

export interface Clip {
  src: string;
  start: number;
  end: number;
}

/** A picture of the hour that is running. */
export interface Still {
  name: string;
  at: number;
}

export const BLOCK = 21_600; // seconds whose clips are asked for at once

/** The clip that covers `at`; clips are sorted. */
export function clipAt(clips: readonly Clip[], at: number): Clip | null {
  return clips.findLast(({ start, end }) => start <= at && at < end) ?? null;
}

const NAME = /-(\d+\.\d+)\.webp$/;

/** The pictures that a list of names stands for. */
export function stillsOf(names: readonly string[]): Still[] {
  return names
    .flatMap((name) => {
      const found = NAME.exec(name);
      return found ? [{ name, at: Number(found[1]) }] : [];
    })
    .sort((a, b) => a.at - b.at);
}

/** The index of the newest picture at `at` or before; the first one if all are later; -1 without any. */
export function stillAt(stills: readonly Still[], at: number): number {
  let low = 0;
  let high = stills.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((stills[middle] as Still).at <= at) low = middle;
    else high = middle - 1;
  }
  return stills.length ? low : -1;
}

/** In which order pictures around `index` are fetched: it, its neighbours, then ever coarser steps to both sides. */
export function fetchOrder(index: number, count: number, most: number): number[] {
  const found: number[] = [];
  const add = (one: number) => {
    if (one >= 0 && one < count && found.length < most && !found.includes(one)) found.push(one);
  };
  add(index);
  for (let away = 1; away <= 4; away += 1) {
    add(index + away);
    add(index - away);
  }
  for (let away = 8; away < count; away = Math.ceil(away * 1.5)) {
    add(index + away);
    add(index - away);
  }
  return found;
}
