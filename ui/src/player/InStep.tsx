/** Recordings of several cameras at the same time: one large, and all others follow it to the frame. */
import { type ReadonlySignal, type Signal, signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../i18n/i18n";
import { cameraName } from "../lib/config";
import { follow } from "./drift";
import { type PlayerHandle, RecordedPlayer } from "./RecordedPlayer";

const LOOK_MS = 200;

interface Props {
  cameras: string[];
  /** The one that is large, heard and stepped. */
  main: string;
  at: Signal<number>;
  playing: Signal<boolean>;
  scrubbing: ReadonlySignal<boolean>;
  speed: ReadonlySignal<number>;
  muted: Signal<boolean>;
  onMain: (camera: string) => void;
  onHandle?: (handle: PlayerHandle | null) => void;
}

export function InStep({ cameras, main, at, playing, scrubbing, speed, muted, onMain, onHandle }: Props) {
  const leader = useRef<PlayerHandle | null>(null);
  const others = cameras.filter((one) => one !== main);
  return (
    <div class="stack">
      <RecordedPlayer
        camera={main}
        at={at}
        playing={playing}
        scrubbing={scrubbing}
        speed={speed}
        muted={muted}
        onHandle={(handle) => {
          leader.current = handle;
          onHandle?.(handle);
        }}
      />
      {others.length > 0 && (
        <ul class="in-step">
          {others.map((camera) => (
            <li key={camera}>
              <Follower {...{ camera, at, playing, scrubbing, speed }} leader={() => leader.current} />
              <button
                type="button"
                class="in-step-name ellipsis"
                aria-label={t("player.enlarge", { camera: cameraName(camera) })}
                onClick={() => onMain(camera)}
              >
                {cameraName(camera)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface FollowerProps extends Pick<Props, "at" | "playing" | "scrubbing" | "speed"> {
  camera: string;
  leader: () => PlayerHandle | null;
}

/** A camera whose recording is held at the leader's moment, by small changes of its speed. */
function Follower({ camera, at, playing, scrubbing, speed, leader }: FollowerProps) {
  const own = useMemo(
    () => ({
      at: signal(at.peek()),
      playing: signal(playing.peek()),
      speed: signal(speed.peek()),
      muted: signal(true),
    }),
    [],
  );
  const handle = useRef<PlayerHandle | null>(null);
  useSignalEffect(() => {
    own.playing.value = playing.value;
  });
  useSignalEffect(() => {
    const now = at.value;
    // While it plays the timer below holds the two together; a seek, and a step of the leader, are followed at once.
    if (!playing.peek() || scrubbing.value || Math.abs(now - own.at.peek()) > 1) own.at.value = now;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const first = leader();
      if (!first || !handle.current || !playing.peek() || scrubbing.peek()) {
        own.speed.value = speed.peek();
        return;
      }
      const drift = first.clock() - handle.current.clock();
      const { rate, seek } = follow(drift, speed.peek());
      own.speed.value = rate;
      if (seek) own.at.value = at.peek();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <RecordedPlayer
      camera={camera}
      at={own.at}
      playing={own.playing}
      scrubbing={scrubbing}
      speed={own.speed}
      muted={own.muted}
      onHandle={(made) => {
        handle.current = made;
      }}
      still
    />
  );
}
