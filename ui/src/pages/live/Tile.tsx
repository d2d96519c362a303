import { Activity, ArrowLeft, ArrowRight, BellRing, ScanEye, TriangleAlert } from "lucide";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n/i18n";
import { type CameraConfig, cameraName } from "../../lib/config";
import { href } from "../../lib/router";
import { LivePlayer } from "../../player/LivePlayer";
import { goneOf, type Severity, severityOf, troubleOf } from "./activity";
import { choices } from "./choices";
import { type Box, styled } from "./layout";
import { streamOf } from "./order";

interface Props {
  camera: CameraConfig;
  box: Box;
  /** An alert of it goes on. */
  open: boolean;
  group: string | null;
  arranging: boolean;
  /** How far it is dragged. */
  drag: { x: number; y: number } | null;
  onGrab: (event: PointerEvent) => void;
  onMove: (steps: number) => void;
}

/** One camera of the grid; its border tells what happens there. */
export function Tile({ camera, box, open, group, arranging, drag, onGrab, onMove }: Props) {
  const { name, live } = camera;
  const gone = goneOf(name);
  const severity = gone ? null : severityOf(name, open);
  const small = box.width * devicePixelRatio < 900;
  const keys = (event: KeyboardEvent) => {
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!arranging || !steps) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(steps);
  };
  return (
    <li
      class={`live-tile ${severity ?? ""} ${drag ? "dragged" : ""} ${arranging ? "arranging" : ""}`}
      data-camera={name}
      style={{
        ...styled(box),
        ...(drag ? { transform: `translate(${drag.x}px, ${drag.y}px)` } : {}),
      }}
      onPointerDown={onGrab}
      onKeyDown={keys}
    >
      <a href={href("", { camera: name, group })} draggable={false}>
        <LivePlayer
          camera={name}
          src={streamOf(name, live.streams, choices().streams[name] ?? null, small)}
          mode={choices().mode}
          label=""
          gone={gone}
          stillHeight={small ? 360 : 540}
        >
          <NameTag name={name} severity={severity} />
        </LivePlayer>
      </a>
      {arranging && (
        <div class="live-move">
          <button type="button" aria-label={t("live.earlier", { camera: cameraName(name) })} onClick={() => onMove(-1)}>
            <Icon icon={ArrowLeft} />
          </button>
          <button type="button" aria-label={t("live.later", { camera: cameraName(name) })} onClick={() => onMove(1)}>
            <Icon icon={ArrowRight} />
          </button>
        </div>
      )}
    </li>
  );
}

const ICONS = { alert: BellRing, detection: ScanEye, motion: Activity };

/** A camera's name over its picture, and what happens there, for those who do not see colours. */
export function NameTag({ name, severity }: { name: string; severity: Severity }) {
  const trouble = troubleOf(name);
  return (
    <p class="live-name">
      {trouble && (
        <span class="live-trouble" title={trouble.text}>
          <Icon icon={TriangleAlert} size={16} label={trouble.text} />
        </span>
      )}
      <span class="ellipsis">{cameraName(name)}</span>
      {severity && <Icon icon={ICONS[severity]} size={15} label={t(`live.${severity}`)} />}
    </p>
  );
}
