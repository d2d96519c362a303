/** What was entered in the wizard so far. It is in memory alone, as it holds the camera's password. */
import { computed, signal } from "@preact/signals";
import { config } from "../../lib/config";
import { keyFor, type Nested } from "../settings/keys";
import { type Choice, section } from "./section";
import type { Stream } from "./streams";

export const STEPS = ["find", "streams", "record", "model", "done"] as const;
export type Step = (typeof STEPS)[number];

export interface Draft extends Choice {
  /** What was typed or found: a host, or a stream's address. */
  address: string;
  streams: readonly Stream[];
  /** The camera's maker and model, as it says. */
  maker: string;
  /** The key of the camera that was added last. */
  added: string;
}

const EMPTY: Draft = {
  address: "",
  user: "",
  password: "",
  streams: [],
  maker: "",
  name: "",
  record: "",
  detect: "",
  what: "everything",
  days: 7,
  detectOn: true,
  track: [],
  onvif: null,
  added: "",
};

export const draft = signal<Draft>(EMPTY);

export const set = (changes: Partial<Draft>) => {
  draft.value = { ...draft.value, ...changes };
};

/** Begin anew with the next camera, which often has the same login and is kept as long. */
export function another(): void {
  const { user, password, what, days } = draft.value;
  draft.value = { ...EMPTY, user, password, what, days };
}

/** The camera's name in the file. */
export const cameraKey = computed(() => keyFor(draft.value.name, Object.keys(config.value?.cameras ?? {}), "camera"));

/** What is written into the file. */
export const cameraSection = computed<Nested>(() => section(draft.value));

/** Bytes a second of the stream that is recorded; null if it was not seen. */
export const recordedRate = computed<number | null>(() => {
  const { streams, record } = draft.value;
  return streams.find(({ url }) => url === record)?.seen?.bytesPerSecond ?? null;
});
