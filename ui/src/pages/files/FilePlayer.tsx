import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/i18n";
import { address } from "../../lib/api";
import { BoxesOver } from "./BoxesOver";
import { type FrameTime, pathOf, type VideoFile } from "./data";
import { frameAt, seekTo } from "./frames";

export interface FileHandle {
  /** Show a frame, and pause. */
  show: (frame: number) => void;
}

interface Props {
  file: VideoFile;
  times: FrameTime[];
  /** The number of the frame that is shown. */
  frame: Signal<number>;
  playing: Signal<boolean>;
  boxes: boolean;
  handle: { current: FileHandle | null };
}

/** Plays a file by its frames. What the browser cannot play is shown frame by frame, as the server decodes it. */
export function FilePlayer({ file, times, frame, playing, boxes, handle }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const stills = useSignal(false);
  const first = useRef(0); // the browser's time of frame 0
  const path = pathOf(file.file_uuid);

  useEffect(() => {
    handle.current = {
      show: (wanted) => {
        playing.value = false;
        const n = Math.max(0, Math.min(times.length - 1, wanted));
        frame.value = n;
        if (video.current) video.current.currentTime = first.current + seekTo(times, n, file.duration ?? 0);
      },
    };
    return () => {
      handle.current = null;
    };
  }, [times]);

  useEffect(() => {
    const player = video.current;
    if (!player?.requestVideoFrameCallback) return undefined;
    let known = false;
    let callback = 0;
    const shown = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
      if (!known && player.currentTime === 0) first.current = mediaTime;
      known = true;
      if (!player.paused) frame.value = frameAt(times, mediaTime - first.current);
      callback = player.requestVideoFrameCallback(shown);
    };
    callback = player.requestVideoFrameCallback(shown);
    return () => player.cancelVideoFrameCallback(callback);
  }, [times, stills.value]);

  useSignalEffect(() => {
    const player = video.current;
    if (!player) return;
    if (playing.value) {
      player.play().catch(() => {
        playing.value = false;
      });
    } else player.pause();
  });

  const failed = () => {
    playing.value = false;
    stills.value = true;
  };
  return (
    <div class="files-stage" style={{ aspectRatio: `${file.width} / ${file.height}` }}>
      {stills.value ? (
        <img
          src={address(`${path}/thumbnail`, { frame: frame.value })}
          alt={t("files.frameOf", { n: frame.value, name: file.file_name })}
        />
      ) : (
        <video
          ref={video}
          src={address(`${path}/video`)}
          playsInline
          preload="auto"
          onError={failed}
          onLoadedMetadata={() => video.current?.videoWidth === 0 && failed()}
          onEnded={() => {
            playing.value = false;
            frame.value = times.length - 1;
          }}
        />
      )}
      {boxes && <BoxesOver file={file} frame={frame} />}
      {stills.value && <p class="files-note small">{t("files.stills")}</p>}
    </div>
  );
}
