/** The library of faces: persons with their pictures, and attempts that wait to be sorted. */
import { computed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/i18n";
import { address, json, request } from "../../lib/api";
import { config } from "../../lib/config";
import { hold, invalidate, patch, undoableIn, useQuery } from "../../lib/query";
import { listen } from "../../lib/socket";
import { type Library, TRAIN } from "./names";

const KEY = "faces";
const EVERY_MS = 30_000;

/** Whether faces are recognised at all: on one camera is enough. */
export const facesOn = computed(() => {
  const on = (part: unknown) => Boolean((part as { enabled?: boolean } | undefined)?.enabled);
  const now = config.value;
  return on(now?.face_recognition) || Object.values(now?.cameras ?? {}).some((one) => on(one.face_recognition));
});

/** The library, anew whenever a face was looked at. */
export function useLibrary() {
  const asked = useQuery(facesOn.value ? KEY : null, (signal) => json<Library>("api/faces", { signal }), {
    every: EVERY_MS,
  });
  useEffect(
    () =>
      listen("tracked_object_update", (payload) => {
        if ((payload as { type?: string } | null)?.type === "face") invalidate(KEY);
      }),
    [],
  );
  return asked;
}

export const pictureOf = (name: string, file: string) =>
  address(`clips/faces/${encodeURIComponent(name)}/${encodeURIComponent(file)}`);

const path = (name: string, rest: string) => `api/faces/${encodeURIComponent(name)}/${rest}`;
const post = (to: string, body?: object) => request(to, { method: "POST", body: body ?? null });

const without = (name: string, files: readonly string[]) => (library: Library) => ({
  ...library,
  [name]: (library[name] ?? []).filter((file) => !files.includes(file)),
});

/** Move pictures of a person, or attempts, to a person. */
export async function move(from: string, files: readonly string[], to: string): Promise<void> {
  const { release } = hold(KEY, without(from, files));
  try {
    for (const file of files) {
      if (from === TRAIN) await post(`api/faces/train/${encodeURIComponent(to)}/classify`, { training_file: file });
      else await post(path(from, "reclassify"), { id: file, new_name: to });
    }
    patch(KEY, without(from, files));
  } finally {
    release();
    invalidate(KEY);
  }
}

/** Delete pictures; without any, a person who has none. */
export async function remove(name: string, files: readonly string[]): Promise<void> {
  for (let at = 0; at === 0 || at < files.length; at += 1000) {
    await post(path(name, "delete"), { ids: files.slice(at, at + 1000) });
  }
  invalidate(KEY);
}

/** Delete pictures once "Undo" is gone. */
export function removeWithUndo(name: string, files: readonly string[]): void {
  undoableIn(KEY, without(name, files), t("faces.deleted", { n: files.length }), () => remove(name, files));
}

export async function create(name: string): Promise<void> {
  await post(path(name, "create"));
  invalidate(KEY);
}

export async function rename(name: string, fresh: string): Promise<void> {
  await request(path(name, "rename"), { method: "PUT", body: { new_name: fresh } });
  invalidate(KEY);
}

/** Store the face in a picture for a person. */
export async function register(name: string, picture: File): Promise<void> {
  await post(path(name, "register"), form(picture));
  invalidate(KEY);
}

export interface Recognised {
  face_name: string;
  score: number;
}

/** Whose face is in a picture? Nothing is kept. */
export const recognise = async (picture: File): Promise<Recognised> =>
  json<Recognised>("api/faces/recognize", { method: "POST", body: form(picture) });

/** Recognise an attempt again, as after the library has grown. */
export async function reprocess(files: readonly string[]): Promise<void> {
  try {
    for (const file of files) await post("api/faces/reprocess", { training_file: file });
  } finally {
    invalidate(KEY);
  }
}

function form(picture: File): FormData {
  const made = new FormData();
  made.append("file", picture);
  return made;
}
