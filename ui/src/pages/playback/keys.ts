import { t } from "../../i18n/i18n";
import { useKeys } from "../../lib/keys";
import { JUMP, SPEEDS } from "../../player/Controls";
import type { PlayerHandle } from "../../player/RecordedPlayer";
import { zoomed } from "../../timeline/scale";
import type { Playback } from "./state";

const ARROW = 5;
const FAR = 60;

/** The keys of the page. */
export function usePlaybackKeys(state: Playback, player: () => PlayerHandle | null): void {
  const { at, range, view, playing, speed, muted } = state;
  const now = () => Date.now() / 1000;
  const jump = (by: number) => () => {
    at.value = Math.min(now(), at.peek() + by);
  };
  const faster = (by: 1 | -1) => () => {
    const index = SPEEDS.indexOf(speed.peek()) + by;
    speed.value = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))] as number;
  };
  const zoom = (factor: number) => () => {
    view.value = zoomed(view.peek(), factor, at.peek(), now());
  };
  /** Set one end of the selection; the other one gives way if it has to. */
  const mark = (side: 0 | 1) => () => {
    const moment = at.peek();
    const old = range.peek()?.[1 - side];
    const other = old === undefined ? moment + (side ? -1 : 1) * 30 : old;
    const fits = side ? other < moment : other > moment;
    const end = fits ? other : moment + (side ? -1 : 1);
    range.value = side ? [end, moment] : [moment, end];
  };
  const turn = (one: { value: boolean; peek: () => boolean }) => () => {
    one.value = !one.peek();
  };
  useKeys([
    { key: " ", does: t("playback.key.play"), run: turn(playing) },
    { key: "k", does: t("playback.key.play"), run: turn(playing) },
    { key: "j", does: t("player.rewind"), run: jump(-JUMP) },
    { key: "l", does: t("player.forward"), run: jump(JUMP) },
    { key: "ArrowLeft", does: t("playback.key.back", { n: ARROW }), run: jump(-ARROW) },
    { key: "ArrowRight", does: t("playback.key.on", { n: ARROW }), run: jump(ARROW) },
    { key: "Shift+ArrowLeft", does: t("playback.key.back", { n: FAR }), run: jump(-FAR) },
    { key: "Shift+ArrowRight", does: t("playback.key.on", { n: FAR }), run: jump(FAR) },
    { key: ",", does: t("player.frameBack"), run: () => player()?.step(-1) },
    { key: ".", does: t("player.frameOn"), run: () => player()?.step(1) },
    { key: "<", does: t("playback.key.slower"), run: faster(-1) },
    { key: ">", does: t("playback.key.faster"), run: faster(1) },
    { key: "+", does: t("playback.key.nearer"), run: zoom(0.5) },
    { key: "-", does: t("playback.key.farther"), run: zoom(2) },
    { key: "[", does: t("playback.key.start"), run: mark(0) },
    { key: "]", does: t("playback.key.end"), run: mark(1) },
    { key: "m", does: t("playback.key.sound"), run: turn(muted) },
  ]);
}
