import { useEffect, useState } from "preact/hooks";
import { Select } from "../../../components/Field";
import { t } from "../../../i18n/i18n";
import type { CameraConfig } from "../../../lib/config";
import { topic } from "../../../lib/socket";
import { number, size } from "../../../lib/units";
import { Meter, type Reading } from "../../../player/meter";
import type { Mode } from "../../../player/order";
import type { LiveSession } from "../../../player/session";
import { choices, choose } from "../choices";

interface CameraStats {
  camera_fps: number;
  process_fps: number;
  skipped_fps: number;
  detection_fps: number;
  bytes_per_second?: number;
}

const WAYS = { mse: "MSE", webrtc: "WebRTC", mjpeg: "MJPEG", mpeg1: "MPEG-1" } as const;

/** Which stream is played, in which way, and how well. */
export function StreamPanel({ camera, session }: { camera: CameraConfig; session: LiveSession | null }) {
  const { name, live } = camera;
  const chosen = choices();
  const streams = Object.keys(live.streams);
  return (
    <div class="stack">
      {streams.length > 1 && (
        <Select
          label={t("live.stream")}
          value={chosen.streams[name] ?? ""}
          options={[["", t("live.stream.auto")], ...streams.map((one) => [one, one] as const)]}
          onChange={(value) => choose({ streams: { ...chosen.streams, [name]: value } })}
        />
      )}
      <Select<Mode>
        label={t("live.way")}
        value={chosen.mode}
        options={[
          ["auto", t("live.way.auto")],
          ["mse", "MSE"],
          ["webrtc", t("live.way.webrtc")],
          ["mjpeg", t("live.way.mjpeg")],
        ]}
        onChange={(mode) => choose({ mode })}
      />
      {session && <Readings camera={name} session={session} />}
    </div>
  );
}

function Readings({ camera, session }: { camera: string; session: LiveSession }) {
  const reading = useReading(session);
  const stats = topic<{ cameras: Record<string, CameraStats> }>("stats").value?.cameras[camera];
  const way = session.transport.value;
  const fps = (value: number) => `${number(value, 1)} fps`;
  const rows: [string, string | null][] = [
    [t("live.stats.way"), way ? WAYS[way] : t("live.stats.stills")],
    [t("live.stats.codecs"), session.codecs.value || null],
    [t("live.stats.size"), reading?.width ? `${reading.width} × ${reading.height}` : null],
    [t("live.stats.fps"), reading ? fps(reading.fps) : null],
    [t("live.stats.rate"), reading ? `${size(reading.bytesPerSecond)}/s` : null],
    [t("live.stats.behind"), reading?.behind == null ? null : `${number(reading.behind, 2)} s`],
    [t("live.stats.restarts"), reading ? number(reading.restarts) : null],
    [t("live.stats.camera"), stats ? fps(stats.camera_fps) : null],
    [t("live.stats.analysed"), stats ? fps(stats.process_fps) : null],
    [t("live.stats.skipped"), stats ? fps(stats.skipped_fps) : null],
  ];
  return (
    <table class="table figures live-stats">
      <tbody>
        {rows.map(([what, value]) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td class="number">{value ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useReading(session: LiveSession): Reading | null {
  const [reading, setReading] = useState<Reading | null>(null);
  useEffect(() => {
    const meter = new Meter(session);
    let over = false;
    const look = async () => {
      const next = await meter.read();
      if (!over) setReading(next);
    };
    const timer = setInterval(look, 1000);
    void look();
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [session]);
  return reading;
}
