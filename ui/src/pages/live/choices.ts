/** What a user has chosen on this page. */
import { prefs, setPrefs } from "../../lib/prefs";
import type { Mode } from "../../player/order";

export interface Choices {
  /** The stream of each camera, by its name for people. */
  streams: Record<string, string>;
  mode: Mode;
  volume: number;
  birdseye: boolean;
  overlays: string[];
}

const DEFAULTS: Choices = { streams: {}, mode: "auto", volume: 1, birdseye: false, overlays: [] };

/** Return them; a component that calls this follows changes. */
export function choices(): Choices {
  return { ...DEFAULTS, ...(prefs.value.pages.live as Partial<Choices> | undefined) };
}

/** Change some. */
export function choose(changes: Partial<Choices>): void {
  setPrefs({ pages: { ...prefs.peek().pages, live: { ...choices(), ...changes } } });
}
