/** Reading and writing keys of nested maps by dotted paths, as the configuration file has them. Nothing of the page. */

export type Nested = { [key: string]: unknown };

/** Return what stands under a path such as "record.continuous.days"; undefined if nothing does. */
export function at(from: unknown, path: string): unknown {
  let node = from;
  for (const part of path.split(".")) {
    if (node === null || typeof node !== "object") return undefined;
    node = (node as Nested)[part];
  }
  return node;
}

/** Return a copy of `into` in which `value` stands under the path. */
export function put(into: Nested, path: string, value: unknown): Nested {
  const [first, ...rest] = path.split(".") as [string, ...string[]];
  if (!rest.length) return { ...into, [first]: value };
  const inner = into[first];
  const below = inner !== null && typeof inner === "object" && !Array.isArray(inner) ? (inner as Nested) : {};
  return { ...into, [first]: put(below, rest.join("."), value) };
}

/** Make nested maps of values by path. */
export function nest(flat: Nested): Nested {
  return Object.entries(flat).reduce<Nested>((all, [path, value]) => put(all, path, value), {});
}

/** Return one map with all keys of both; those of `b` win where both have a value. */
export function merged(a: Nested, b: Nested): Nested {
  const all: Nested = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = all[key];
    all[key] = isMap(old) && isMap(value) ? merged(old, value) : value;
  }
  return all;
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** The key of something that people call `name`: letters, digits and "_", and none of `taken`. */
export function keyFor(name: string, taken: Iterable<string>, otherwise: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  const used = new Set(taken);
  const first = plain || otherwise;
  if (!used.has(first)) return first;
  let n = 2;
  while (used.has(`${first}_${n}`)) n += 1;
  return `${first}_${n}`;
}

/** The paths of all values in nested maps, such as "zones.porch.inertia". */
export function paths(data: Nested, prefix = ""): string[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    const inner = value !== null && typeof value === "object" && !Array.isArray(value);
    return inner ? paths(value as Nested, path) : [path];
  });
}

function isMap(value: unknown): value is Nested {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
