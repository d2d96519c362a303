/** What the page of recordings shows: kept in its address, so that links, Back and reloads lead to the same picture. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { cameras } from "../../lib/config";
import { page, query, queryWith, setQuery } from "../../lib/router";
import { momentOf } from "../../lib/zone";
import type { View } from "../../timeline/Timeline";

export interface Playback {
  camera: Signal<string>;
  at: Signal<number>;
  range: Signal<[number, number] | null>;
  view: Signal<View>;
  playing: Signal<boolean>;
  scrubbing: Signal<boolean>;
  speed: Signal<number>;
  muted: Signal<boolean>;
}

const KEPT_MS = 700; // how long after a change the address follows
const BEFORE = 60; // seconds before the present where it begins
const SEEN = 3600;

/** The values of an address; null where it says nothing of use. */
export function readAddress(values: URLSearchParams, known: readonly string[]) {
  const camera = values.get("camera") ?? "";
  const [from, to] = [momentOf(values.get("from")), momentOf(values.get("to"))];
  return {
    camera: known.includes(camera) ? camera : null,
    at: momentOf(values.get("time")),
    range: from !== null && to !== null && to > from ? ([from, to] as [number, number]) : null,
  };
}

export function usePlayback(): Playback {
  const names = cameras.value.map(({ name }) => name);
  const first = useRef(readAddress(query.peek(), names)).current;
  const now = Date.now() / 1000;
  const camera = useSignal(first.camera ?? names[0] ?? "");
  const at = useSignal(first.at ?? first.range?.[0] ?? now - BEFORE);
  const range = useSignal(first.range);
  const length = first.range ? Math.max(SEEN, (first.range[1] - first.range[0]) * 2) : SEEN;
  const view = useSignal<View>([at.peek() - length / 2, at.peek() + length / 2]);
  const all = {
    camera,
    at,
    range,
    view,
    playing: useSignal(false),
    scrubbing: useSignal(false),
    speed: useSignal(1),
    muted: useSignal(true),
  };
  useAddress(all, names);
  return all;
}

function useAddress({ camera, at, range, scrubbing }: Playback, names: string[]): void {
  const written = useRef("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useSignalEffect(() => {
    void [camera.value, at.value, range.value];
    if (timer.current !== undefined) return; // while it plays, the address follows now and then
    timer.current = setTimeout(() => {
      timer.current = undefined;
      if (page.peek() !== "playback" || scrubbing.peek()) return;
      const [from, to] = (range.peek() ?? [null, null]).map((one) => one?.toFixed(1) ?? null);
      const values = { camera: camera.peek(), time: at.peek().toFixed(2), from, to };
      // Noted first: the effect below runs before `setQuery` returns, and would take this for a link to another time.
      written.current = queryWith(values);
      setQuery(values);
    }, KEPT_MS);
  });
  useSignalEffect(() => {
    // Back, or a link to another time.
    const text = query.value.toString();
    if (page.peek() !== "playback" || !text || text === written.current || timer.current !== undefined) return;
    const wanted = readAddress(query.peek(), names);
    written.current = text;
    if (wanted.camera) camera.value = wanted.camera;
    if (wanted.at !== null && Math.abs(wanted.at - at.peek()) > 0.02) at.value = wanted.at;
    range.value = wanted.range;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
}
