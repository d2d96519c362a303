import {
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  ChevronUp,
  type IconNode,
  Minus,
  Plus,
  ScanSearch,
  Square,
} from "lucide";
import { useEffect, useMemo } from "preact/hooks";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { Skeleton } from "../../../components/states";
import { t, type Word } from "../../../i18n/i18n";
import { useQuery } from "../../../lib/query";
import { type Direction, KEYS, Mover } from "./mover";
import { ask, order } from "./ptz";

/** Turns a camera: movements last as long as a button or an arrow key is held. */
export function Ptz({ camera }: { camera: string }) {
  const { data, error } = useQuery(`ptz/${camera}`, (signal) => ask(camera, signal));
  const mover = useMemo(() => new Mover((command) => order(camera, command)), [camera]);
  useHeldKeys(mover);
  if (error) return <p class="soft">{error.message}</p>;
  if (!data) return <Skeleton height={220} />;
  const { features = [], presets = [] } = data;
  if (!features.length) return <p class="soft">{t("live.ptz.none")}</p>;
  const can = (name: string) => features.some((one) => one === name || one.startsWith(`${name}-`));
  const hold = (direction: Direction, icon: IconNode, word: Word, place: string) => (
    <Hold mover={mover} direction={direction} icon={icon} word={word} place={place} />
  );
  return (
    <div class="stack">
      {can("pt") && (
        <div class="live-pad" role="group" aria-label={t("live.ptz")}>
          {hold("MOVE_UP", ChevronUp, "live.ptz.up", "up")}
          {hold("MOVE_LEFT", ChevronLeft, "live.ptz.left", "left")}
          <button type="button" class="stop" aria-label={t("live.ptz.stop")} onClick={() => order(camera, "STOP")}>
            <Icon icon={Square} size={16} />
          </button>
          {hold("MOVE_RIGHT", ChevronRight, "live.ptz.right", "right")}
          {hold("MOVE_DOWN", ChevronDown, "live.ptz.down", "down")}
        </div>
      )}
      <div class="row live-lens">
        {can("zoom") && hold("ZOOM_OUT", Minus, "live.ptz.zoomOut", "")}
        {can("zoom") && hold("ZOOM_IN", Plus, "live.ptz.zoomIn", "")}
        {can("focus") && hold("FOCUS_OUT", ScanSearch, "live.ptz.focusNear", "")}
        {can("focus") && hold("FOCUS_IN", ScanSearch, "live.ptz.focusFar", "")}
      </div>
      {presets.length > 0 && (
        <div class="stack">
          <h3>{t("live.ptz.presets")}</h3>
          <div class="row">
            {presets.map((name) => (
              <Button key={name} onClick={() => order(camera, `preset_${name}`)}>
                {name}
              </Button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

interface HoldProps {
  mover: Mover;
  direction: Direction;
  icon: IconNode;
  word: Word;
  place: string;
}

function Hold({ mover, direction, icon, word, place }: HoldProps) {
  const stop = () => mover.end(direction);
  return (
    <button
      type="button"
      class={place}
      aria-label={t(word)}
      title={t(word)}
      onPointerDown={(event) => {
        if (event.button) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        mover.begin(direction);
      }}
      onPointerUp={stop}
      onPointerCancel={stop}
      onLostPointerCapture={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => (event.key === " " || event.key === "Enter") && mover.begin(direction)}
      onKeyUp={stop}
      onBlur={stop}
    >
      <Icon icon={icon} />
    </button>
  );
}

/** Arrow keys turn the camera while the pad is shown; a window that loses the focus stops it. */
function useHeldKeys(mover: Mover): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const direction = KEYS[event.key];
      if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^(INPUT|SELECT|TEXTAREA)$/.test((event.target as Element).tagName)) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      mover.begin(direction);
    };
    const up = (event: KeyboardEvent) => KEYS[event.key] && mover.end(KEYS[event.key]);
    const stop = () => mover.end();
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    addEventListener("blur", stop);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
      removeEventListener("blur", stop);
      stop();
    };
  }, [mover]);
}
