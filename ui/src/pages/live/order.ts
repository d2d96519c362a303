/** The order of cameras that a user has chosen. */

/** Sort by a chosen order; those that are not in it follow as they are. */
export function ordered<T extends { name: string }>(cameras: readonly T[], order: readonly string[]): T[] {
  const place = new Map(order.map((name, index) => [name, index]));
  const at = ({ name }: T) => place.get(name) ?? Number.MAX_SAFE_INTEGER;
  return [...cameras].sort((a, b) => at(a) - at(b) || 0);
}

/** Return `names` with one of them moved to where another is. */
export function moved(names: readonly string[], name: string, to: number): string[] {
  const others = names.filter((one) => one !== name);
  others.splice(Math.max(0, Math.min(to, others.length)), 0, name);
  return others;
}

/**
 * Return an order of all cameras after some of them were ordered anew: the others keep their places.
 *
 * So a group can be arranged without a change of the rest.
 */
export function merged(all: readonly string[], part: readonly string[]): string[] {
  const chosen = new Set(part);
  const next = [...part];
  return all.map((name) => (chosen.has(name) ? (next.shift() as string) : name));
}

/** The cameras of a group, of all without one. */
export function inGroup<T extends { name: string }>(
  cameras: readonly T[],
  groups: Record<string, { cameras: string[] }>,
  group: string | null,
): T[] {
  const found = group ? groups[group] : undefined;
  return found ? cameras.filter(({ name }) => found.cameras.includes(name)) : [...cameras];
}

/** Whether a stream is a small one, by its name. */
const SMALL = /(^|[^a-z])(sub|low|small|sd|lq)([^a-z]|$)|_sub|stream2|klein/i;

/**
 * Return the stream to play, as the server calls it.
 *
 * `streams` are those of `live.streams`, by their names for people. `chosen` is one of these names. Without one, small
 * tiles take a small stream and a single view the first that is none.
 */
export function streamOf(
  camera: string,
  streams: Record<string, string>,
  chosen: string | null,
  small: boolean,
): string {
  const all = Object.entries(streams);
  const found =
    all.find(([name]) => name === chosen) ??
    all.find(([name, source]) => (SMALL.test(name) || SMALL.test(source)) === small) ??
    all[0];
  return found?.[1] ?? camera;
}
