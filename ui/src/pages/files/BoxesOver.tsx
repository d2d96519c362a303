import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { label } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { pathOf, type TraceBox, type VideoFile } from "./data";

const SPAN = 500; // frames of a request
const MOST = 12; // spans that are kept

/** The boxes of the frame that is shown, asked for in spans ahead of time. */
export function BoxesOver({ file, frame }: { file: VideoFile; frame: Signal<number> }) {
  const spans = useRef(new Map<number, Map<number, TraceBox[]> | null>());
  const shown = useSignal<TraceBox[]>([]);
  const total = file.total_frames ?? 0;
  const gone = useRef(new AbortController());
  useEffect(() => {
    gone.current = new AbortController();
    return () => gone.current.abort();
  }, []);

  const show = () => {
    shown.value = spans.current.get(Math.floor(frame.peek() / SPAN))?.get(frame.peek()) ?? [];
  };
  const load = async (span: number) => {
    if (spans.current.has(span) || span * SPAN >= total) return;
    spans.current.set(span, null);
    const end = Math.min(total, (span + 1) * SPAN) - 1;
    try {
      const { boxes } = await json<{ boxes: TraceBox[] }>(
        `${pathOf(file.file_uuid)}/boxes?start_frame=${span * SPAN}&end_frame=${end}`,
        { signal: gone.current.signal },
      );
      spans.current.set(span, byFrame(boxes));
      for (const old of spans.current.keys()) {
        if (spans.current.size <= MOST) break;
        if (Math.abs(old - span) > 2) spans.current.delete(old);
      }
      show();
    } catch {
      spans.current.delete(span);
    }
  };
  useSignalEffect(() => {
    const span = Math.floor(frame.value / SPAN);
    void load(span);
    if (frame.value % SPAN > SPAN / 2) void load(span + 1);
    show();
  });

  return (
    <svg class="files-boxes" viewBox={`0 0 ${file.width} ${file.height}`} aria-hidden="true">
      {shown.value.map((box) => (
        <g key={box.trace_id} class={`${box.kind} ${box.interpolated ? "between" : ""}`}>
          <rect x={box.x} y={box.y} width={box.width} height={box.height} />
          <text x={box.x} y={Math.max(12, box.y - 5)}>
            {label(box.label)} {box.trace_id}
          </text>
        </g>
      ))}
    </svg>
  );
}

function byFrame(boxes: TraceBox[]): Map<number, TraceBox[]> {
  const found = new Map<number, TraceBox[]>();
  for (const box of boxes) {
    const known = found.get(box.frame);
    if (known) known.push(box);
    else found.set(box.frame, [box]);
  }
  return found;
}
