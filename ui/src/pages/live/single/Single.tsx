import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CameraConfig } from "../../../lib/config";

export interface SingleProps {
  name: string;
  /** The cameras between which one swipes, in their order. */
  shown: CameraConfig[];
  group: string | null;
}

let loaded: ComponentType<SingleProps> | null = null;

/** One camera. Its file is loaded when it is needed, since most visits only look at the grid. */
export function Single(props: SingleProps) {
  const [View, setView] = useState(() => loaded);
  useEffect(() => {
    if (!loaded)
      void import("../CameraView").then((file) => {
        loaded = file.default;
        setView(() => loaded);
      });
  }, []);
  return View ? <View {...props} /> : <main class="page live" id="content" />;
}
