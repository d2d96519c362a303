import type { ComponentChildren } from "preact";
import { Skeleton, Trouble } from "../../components/states";
import { t, type Word } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { useQuery } from "../../lib/query";
import { topic } from "../../lib/socket";
import { duration } from "../../lib/time";
import { number, percent, size } from "../../lib/units";

interface Stats {
  cameras: Record<string, Record<string, number | string | boolean>>;
  detectors: Record<string, { inference_speed: number; queue: number; pid: number }>;
  processes: Record<string, { pid: number; cpu: string; mem: string; restarts: number }>;
  service: {
    uptime: number;
    version: string;
    storage: Record<string, { total: number; used: number; free: number; mount_type: string }>;
  };
}

const MIB = 1 << 20;

/** The newest figures of cameras, detectors, processes and disks. */
export function Figures() {
  const asked = useQuery("stats", (signal) => json<Stats>("api/stats", { signal }), { every: 10_000 });
  const stats = topic<Stats>("stats").value ?? asked.data;
  if (asked.error && !stats) return <Trouble error={asked.error} onRetry={asked.refresh} />;
  if (!stats) return <Skeleton height={420} />;
  const figure = (value: unknown, digits = 1) => (typeof value === "number" ? number(value, digits) : "–");
  return (
    <div class="stack">
      <p class="soft">
        Dogwatch {stats.service.version} · {t("system.uptime", { time: duration(stats.service.uptime) })}
      </p>
      <Table
        title="system.cameras"
        heads={[
          "common.camera",
          "system.quality",
          "system.cameraFps",
          "system.skippedFps",
          "system.detectionFps",
          "system.received",
          "system.reconnects",
        ]}
      >
        {Object.entries(stats.cameras).map(([name, one]) => (
          <tr key={name}>
            <th scope="row">{cameraName(name)}</th>
            <td>{one.connection_quality}</td>
            <td class="number">{figure(one.camera_fps)}</td>
            <td class="number">{figure(one.skipped_fps)}</td>
            <td class="number">{figure(one.detection_fps)}</td>
            <td class="number">{size(Number(one.bytes_per_second ?? 0))}/s</td>
            <td class="number">{figure(one.reconnects_last_hour, 0)}</td>
          </tr>
        ))}
      </Table>
      <Table title="system.detectors" heads={["common.name", "system.inference", "system.waiting"]}>
        {Object.entries(stats.detectors).map(([name, one]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{figure(one.inference_speed)} ms</td>
            <td class="number">{one.queue}</td>
          </tr>
        ))}
      </Table>
      <Table title="system.processes" heads={["common.name", "system.processor", "system.memory", "system.restarts"]}>
        {Object.entries(stats.processes ?? {}).map(([name, one]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{percent(Number(one.cpu) / 100, 1)}</td>
            <td class="number">{percent(Number(one.mem) / 100, 1)}</td>
            <td class="number">{one.restarts}</td>
          </tr>
        ))}
      </Table>
      <Table title="system.disks" heads={["system.place", "system.used", "system.free", "system.total"]}>
        {Object.entries(stats.service.storage).map(([path, one]) => (
          <tr key={path}>
            <th scope="row">{path.replace("/media/frigate/", "")}</th>
            <td class="number">{size(one.used * MIB)}</td>
            <td class="number">{size(one.free * MIB)}</td>
            <td class="number">{size(one.total * MIB)}</td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

function Table({ title, heads, children }: { title: Word; heads: Word[]; children: ComponentChildren }) {
  return (
    <section class="card">
      <h2 class="system-title">{t(title)}</h2>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={t(title)}>
        <table class="table">
          <thead>
            <tr>
              {heads.map((head, n) => (
                <th key={head} scope="col" class={n ? "number" : undefined}>
                  {t(head)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </section>
  );
}
