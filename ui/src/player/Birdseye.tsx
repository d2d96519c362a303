import type { ComponentChildren } from "preact";
import { config } from "../lib/config";
import { LivePlayer } from "./LivePlayer";

/** The picture of all cameras: as a stream if there is one, else as MPEG-1, which this page decodes itself. */
export function Birdseye({ label, children }: { label: string; children?: ComponentChildren }) {
  const restream = Boolean(config.value?.birdseye.restream);
  return (
    <LivePlayer
      camera="birdseye"
      src="birdseye"
      mode={restream ? "auto" : "mpeg1"}
      label={label}
      stillHeight={restream ? 540 : 0}
    >
      {children}
    </LivePlayer>
  );
}
