import { Clock, VideoOff } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Icon } from "../components/Icon";
import { t } from "../i18n/i18n";
import { clockSeconds, shortTime } from "../lib/time";
import type { Mode } from "./order";
import { LiveSession } from "./session";
import "./player.css";

/** Why a camera has no picture, as the program tells. */
export interface Gone {
  /** Epoch seconds, null if it is not known. */
  since: number | null;
  /** It was switched off, so nothing is wrong. */
  off?: boolean;
}

interface Props {
  camera: string;
  /** The stream's name; the camera's own has the name of the camera. */
  src: string;
  /** What is read to those who do not see the picture; "" if what lies around it says that. */
  label: string;
  mode?: Mode;
  sound?: boolean;
  muted?: boolean;
  volume?: number;
  gone?: Gone | null;
  stillHeight?: number;
  /** Called with what controls the player, and with null when it is gone. */
  onSession?: (session: LiveSession | null) => void;
  /** What lies over the picture. */
  children?: ComponentChildren;
}

const LEAVE_MS = 2000; // out of sight for less than this, it plays on

/** Live video of a camera; a picture that is not live is marked with its time. It fills the box that it is in. */
export function LivePlayer(props: Props) {
  const { camera, src, mode = "auto", sound = false, muted = true, volume = 1, gone = null, stillHeight = 360 } = props;
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const session = useMemo(
    () => new LiveSession({ camera, src, mode, sound, stillHeight }),
    [camera, src, mode, sound, stillHeight],
  );

  useEffect(() => {
    session.attach(video.current as HTMLVideoElement, canvas.current as HTMLCanvasElement);
    props.onSession?.(session);
    const unwatch = whileSeen(
      box.current as Element,
      () => session.play(),
      () => session.pause(),
    );
    return () => {
      unwatch();
      props.onSession?.(null);
      session.release();
    };
  }, [session]);
  useEffect(() => {
    const element = video.current as HTMLVideoElement;
    element.muted = muted;
    element.volume = volume;
  }, [muted, volume, session]);
  useEffect(() => {
    if (!gone) session.retry();
  }, [gone === null, session]);

  const phase = session.phase.value;
  const named = props.label ? { role: "img" as const, "aria-label": props.label } : { "aria-hidden": true };
  return (
    <div ref={box} class="player" data-phase={phase} data-transport={session.transport.value}>
      <canvas ref={canvas} class="player-still" width={1} height={1} {...named} />
      <video
        ref={video}
        class={session.moving.value ? "shown" : undefined}
        playsInline
        muted
        {...(props.label ? { "aria-label": props.label } : { "aria-hidden": true })}
        tabIndex={-1}
      />
      {props.children}
      <Mark session={session} gone={gone} />
    </div>
  );
}

/** Tells what a picture is that is not live. */
function Mark({ session, gone }: { session: LiveSession; gone: Gone | null }) {
  const phase = session.phase.value;
  const at = session.pictureAt.value;
  if (phase === "playing") return null;
  if (gone)
    return (
      <p class="player-gone">
        <Icon icon={VideoOff} size={18} />
        {gone.off
          ? t("player.off")
          : gone.since === null
            ? t("player.gone")
            : t("player.goneSince", { time: shortTime(gone.since) })}
      </p>
    );
  if (at === null) return session.lost.value ? <p class="player-mark old">{t("player.noPicture")}</p> : null;
  const old = session.lost.value;
  return (
    <p class={old ? "player-mark old" : "player-mark"}>
      <Icon icon={Clock} size={14} />
      {old ? t("player.pictureOf", { time: clockSeconds(at) }) : clockSeconds(at)}
    </p>
  );
}

/** Call `show` while an element can be seen, `hide` when it cannot for a while; return what ends that. */
function whileSeen(element: Element, show: () => void, hide: () => void): () => void {
  let inView = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const decide = () => {
    clearTimeout(timer);
    if (inView && !document.hidden) show();
    else timer = setTimeout(hide, LEAVE_MS);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      inView = entries.at(-1)?.isIntersecting ?? false;
      decide();
    },
    { rootMargin: "120px" },
  );
  observer.observe(element);
  const { top, bottom, width } = element.getBoundingClientRect();
  if (width && bottom > 0 && top < innerHeight && !document.hidden) show(); // the observer tells that a frame later
  document.addEventListener("visibilitychange", decide);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener("visibilitychange", decide);
  };
}
