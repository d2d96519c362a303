import { useEffect, useState } from "preact/hooks";
import { listen } from "../../../lib/socket";
import { type Boxed, current, taken } from "./boxes";

const LOOK_MS = 250;

/** Where the tracked objects of a camera are now. */
export function useBoxes(camera: string): Boxed[] {
  const [boxes, setBoxes] = useState<Boxed[]>([]);
  useEffect(() => {
    setBoxes([]);
    const end = listen("events", (message) => setBoxes((old) => taken(old, message, camera, performance.now())));
    const timer = setInterval(() => {
      setBoxes((old) => {
        const kept = current(old, performance.now());
        return kept.length === old.length ? old : kept;
      });
    }, LOOK_MS);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [camera]);
  return boxes;
}
