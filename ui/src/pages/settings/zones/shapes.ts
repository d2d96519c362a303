/** Zones and masks of a camera as shapes, and shapes as keys of the file. Nothing of the page. */
import type { CameraConfig } from "../../../lib/config";
import { keyFor, type Nested, put, same } from "../keys";
import { format, type Point, parse } from "./polygon";

export type Kind = "zone" | "motion_mask" | "object_mask" | "privacy_mask";
export const KINDS: readonly Kind[] = ["zone", "motion_mask", "object_mask", "privacy_mask"];

export interface Shape {
  /** Stays the same while it is changed. */
  id: string;
  kind: Kind;
  /** Its name in the file; "" for a new one, which gets one of its name. */
  key: string;
  name: string;
  enabled: boolean;
  points: readonly Point[];
  /** Of an object mask: the label that it is for; "" for all. */
  label: string;
  /** Of a zone. */
  objects: readonly string[];
  inertia: number;
  loitering: number;
  colour?: string;
}

interface Mask {
  name: string;
  friendly_name?: string | null;
  enabled?: boolean;
  coordinates: string | string[];
}

/** Return a new shape. */
export const fresh = (kind: Kind, name: string, points: readonly Point[]): Shape => ({
  id: `new/${kind}/${Date.now()}`,
  kind,
  key: "",
  name,
  enabled: true,
  points,
  label: "",
  objects: [],
  inertia: 3,
  loitering: 0,
});

/** Return what the configuration has. */
export function shapesOf(camera: CameraConfig): Shape[] {
  const zones = Object.entries(camera.zones).map<Shape>(([key, zone]) => ({
    ...fresh("zone", zone.friendly_name ?? key, parse(zone.coordinates)),
    id: `zone/${key}`,
    key,
    enabled: zone.enabled,
    objects: [zone.objects ?? []].flat(),
    inertia: Number(zone.inertia ?? 3),
    loitering: Number(zone.loitering_time ?? 0),
    ...(zone.color ? { colour: `rgb(${zone.color.join(" ")})` } : {}),
  }));
  const masks = (kind: Kind, list: unknown, label = "") =>
    asMasks(list).map<Shape>((mask) => ({
      ...fresh(kind, mask.friendly_name || mask.name, parse(mask.coordinates)),
      id: `${kind}/${label}/${mask.name}`,
      key: mask.name,
      enabled: mask.enabled !== false,
      label,
    }));
  const ofLabels = Object.entries(camera.objects.filters ?? {}).flatMap(([label, filter]) =>
    masks("object_mask", filter.mask, label).filter((mask) => !asMasks(camera.objects.mask).some(sameAs(mask))),
  );
  return [
    ...zones,
    ...masks("motion_mask", camera.motion.mask),
    ...masks("object_mask", camera.objects.mask),
    ...ofLabels,
    ...masks("privacy_mask", camera.privacy_masks),
  ];
}

// A mask for all objects may be shown with each label too; it is one shape.
const sameAs = (shape: Shape) => (mask: Mask) =>
  mask.name === shape.key && format(parse(mask.coordinates)) === format(shape.points);

function asMasks(list: unknown): Mask[] {
  // The configuration in force has plain polygons, without the names that the file may give them.
  if (Array.isArray(list)) {
    return list
      .map((one, index) => (typeof one === "string" ? { name: `mask_${index + 1}`, coordinates: one } : one))
      .filter((one): one is Mask => typeof one?.coordinates !== "undefined");
  }
  if (list === null || typeof list !== "object") return [];
  return Object.entries(list).map(([name, mask]) => ({ ...(mask as Omit<Mask, "name">), name }));
}

/** Return the keys of the camera that have to change so that `before` becomes `after`; null takes one out. */
export function changes(before: readonly Shape[], after: readonly Shape[]): Nested {
  const named = withKeys(after);
  let found = zoneChanges(before, named);
  for (const [path, list] of Object.entries(maskLists(before, named))) found = put(found, path, list);
  return found;
}

function zoneChanges(before: readonly Shape[], after: readonly Shape[]): Nested {
  let found: Nested = {};
  const zones = after.filter(({ kind }) => kind === "zone");
  for (const zone of zones) {
    const old = before.find(({ id }) => id === zone.id);
    for (const [key, value] of Object.entries(zoneKeys(zone))) {
      const was = old ? zoneKeys(old)[key] : DEFAULTS[key];
      if (!same(value, was)) found = put(found, `zones.${zone.key}.${key}`, value);
    }
  }
  for (const { kind, id, key } of before) {
    if (kind === "zone" && !zones.some((one) => one.id === id)) found = put(found, `zones.${key}`, null);
  }
  return found;
}

const DEFAULTS: Nested = { friendly_name: null, enabled: true, objects: [], inertia: 3, loitering_time: 0 };

const zoneKeys = (zone: Shape): Nested => ({
  coordinates: format(zone.points),
  friendly_name: zone.name && zone.name !== zone.key ? zone.name : null,
  enabled: zone.enabled,
  objects: zone.objects,
  inertia: zone.inertia,
  loitering_time: zone.loitering,
});

/** Lists of masks are written as a whole, whatever form of them the file had. */
function maskLists(before: readonly Shape[], after: readonly Shape[]): Nested {
  const found: Nested = {};
  for (const path of new Set([...before, ...after].map(maskPath))) {
    if (!path) continue;
    const of = (all: readonly Shape[]) => all.filter((one) => maskPath(one) === path).map(maskKeys);
    if (!same(of(before), of(after))) found[path] = of(after).length ? of(after) : null;
  }
  return found;
}

function maskPath({ kind, label }: Shape): string {
  if (kind === "motion_mask") return "motion.mask";
  if (kind === "privacy_mask") return "privacy_masks";
  if (kind === "object_mask") return label ? `objects.filters.${label}.mask` : "objects.mask";
  return "";
}

const maskKeys = (mask: Shape): Nested => ({
  name: mask.key,
  ...(mask.name && mask.name !== mask.key ? { friendly_name: mask.name } : {}),
  ...(mask.enabled ? {} : { enabled: false }),
  coordinates: format(mask.points),
});

function withKeys(shapes: readonly Shape[]): Shape[] {
  const taken = new Set(shapes.map(({ key }) => key).filter(Boolean));
  return shapes.map((shape) => {
    if (shape.key) return shape;
    const key = keyFor(shape.name, taken, shape.kind);
    taken.add(key);
    return { ...shape, key };
  });
}
