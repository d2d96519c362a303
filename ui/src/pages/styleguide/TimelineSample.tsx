import { useSignal } from "@preact/signals";
import { cameras } from "../../lib/config";
import { TimeField } from "../../timeline/TimeField";
import { type Item, Timeline } from "../../timeline/Timeline";

const HOUR = 3600;

/** The timeline of all cameras with a selected span and marks of its own, lying and upright. */
export function TimelineSample() {
  const now = Math.floor(Date.now() / 1000);
  const at = useSignal(now - 600);
  const range = useSignal<[number, number] | null>([now - 900, now - 300]);
  const names = cameras.value.map(({ name }) => name);
  const marks = useSignal<Item[]>(
    names.slice(0, 1).map((camera) => ({
      kind: "mark",
      id: "1",
      camera,
      start: now - HOUR / 2,
      end: now - HOUR / 2 + 120,
      text: "a mark of the page",
    })),
  );
  if (!names.length) return null;
  return (
    <>
      <div class="row">
        <TimeField at={at} cameras={names} onTime={(moment) => (at.value = moment)} />
      </div>
      <div class="card">
        <Timeline cameras={names} at={at} range={range} marks={marks} />
      </div>
      <div class="card styleguide-upright">
        <Timeline cameras={names.slice(0, 1)} at={at} range={range} vertical label="Upright" />
      </div>
    </>
  );
}
