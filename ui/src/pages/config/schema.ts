/** Looks things up in the JSON Schema of the configuration file. Nothing of the page. */

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  deprecated?: boolean;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  required?: string[];
}

/** What a key is, for people. */
export interface Known {
  name: string;
  description: string;
  /** Such as "number, from 0 to 60". */
  form: string;
  /** As it is written in YAML; null if there is none. */
  otherwise: string | null;
  /** Whether it holds further keys, or a list. */
  holds: "map" | "list" | null;
  deprecated: boolean;
}

/** All that may stand under a path; "[]" is any item of a list. */
export function at(root: Schema, path: readonly string[]): Schema[] {
  return path.reduce<Schema[]>((nodes, part) => nodes.flatMap((node) => step(root, node, part)), [root]);
}

/** The keys that a map under this path may have. */
export function keysAt(root: Schema, path: readonly string[]): Known[] {
  const found = new Map<string, Known>();
  for (const node of at(root, path).flatMap((one) => variants(root, one))) {
    for (const [name, inner] of Object.entries(node.properties ?? {})) {
      if (!found.has(name)) found.set(name, known(root, name, [inner]));
    }
  }
  return [...found.values()];
}

/** What stands under a path; null if the schema does not know it. */
export function describe(root: Schema, path: readonly string[]): Known | null {
  const nodes = at(root, path);
  return nodes.length ? known(root, path.at(-1) ?? "", nodes) : null;
}

/** The values that can be offered under a path, as they are written. */
export function valuesAt(root: Schema, path: readonly string[]): string[] {
  const nodes = at(root, path).flatMap((one) => variants(root, one));
  const all = nodes.flatMap((node) => {
    if (node.enum) return node.enum;
    if (node.const !== undefined) return [node.const];
    return types(node).includes("boolean") ? [true, false] : [];
  });
  return [...new Set(all.filter((one) => one !== null).map(written))];
}

function step(root: Schema, from: Schema, part: string): Schema[] {
  return variants(root, from).flatMap((node) => {
    if (part === "[]") return node.items ? [node.items] : [];
    const own = node.properties?.[part];
    if (own) return [own];
    const more = node.additionalProperties;
    return typeof more === "object" ? [more] : [];
  });
}

/** The forms that something may have, with references followed. */
function variants(root: Schema, node: Schema, depth = 0): Schema[] {
  if (depth > 8) return [];
  const { $ref, anyOf, oneOf, allOf } = node;
  const inner = [...(anyOf ?? []), ...(oneOf ?? []), ...(allOf ?? [])];
  const target = $ref?.startsWith("#/$defs/") ? root.$defs?.[$ref.slice("#/$defs/".length)] : undefined;
  if (target) inner.push(target);
  return inner.length ? inner.flatMap((one) => variants(root, one, depth + 1)) : [node];
}

function known(root: Schema, name: string, nodes: readonly Schema[]): Known {
  const forms = nodes.flatMap((one) => variants(root, one)).filter((one) => !types(one).includes("null"));
  const said = [...nodes, ...forms].find(({ description }) => description)?.description ?? "";
  const otherwise = [...nodes, ...forms].find((one) => one.default !== undefined && one.default !== null)?.default;
  const map = forms.some((one) => one.properties || types(one).includes("object"));
  const list = forms.some((one) => types(one).includes("array"));
  return {
    name,
    description: said,
    form: [...new Set(forms.map(formOf).filter(Boolean))].join(" | "),
    otherwise:
      otherwise === undefined || (typeof otherwise === "object" && !Array.isArray(otherwise))
        ? null
        : written(otherwise),
    holds: map ? "map" : list && !forms.some((one) => types(one).includes("string")) ? "list" : null,
    deprecated: nodes.some((one) => one.deprecated === true),
  };
}

function formOf(node: Schema): string {
  if (node.enum) return node.enum.map(written).join(" | ");
  if (node.const !== undefined) return written(node.const);
  const low = node.minimum ?? node.exclusiveMinimum;
  const high = node.maximum ?? node.exclusiveMaximum;
  const range = [
    low === undefined ? "" : `${node.minimum === undefined ? ">" : "≥"} ${low}`,
    high === undefined ? "" : `${node.maximum === undefined ? "<" : "≤"} ${high}`,
  ].filter(Boolean);
  return [types(node).join(" | "), ...range].filter(Boolean).join(", ");
}

const types = ({ type }: Schema): string[] => (type === undefined ? [] : [type].flat());

const written = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
