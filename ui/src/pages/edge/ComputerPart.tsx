import { Power, RotateCcw } from "lucide";
import type { ComponentChildren } from "preact";
import { Button } from "../../components/Button";
import { Confirm, useOpen } from "../../components/Dialog";
import { Skeleton } from "../../components/states";
import { t, type Word } from "../../i18n/i18n";
import { duration } from "../../lib/time";
import { toast } from "../../lib/toasts";
import { number, percent, size } from "../../lib/units";
import { AccessCard } from "./AccessCard";
import { edge, type Level, useEdge } from "./api";
import { type SystemInfo, systemInfo } from "./news";

interface Alerts {
  overall: Level;
  alerts: Record<string, Level>;
}

interface Stats {
  hostname?: string;
  ip_address?: string;
  ip_interface?: string;
  wifi_ssid?: string;
  wifi_signal_dbm?: number;
  os_distro?: string;
  kernel?: string;
  cpu_model?: string;
  cpu_count?: number;
  cpu_per_core?: number[];
  process_count?: number;
  python_version?: string;
  git_branch?: string | null;
  git_commit?: string | null;
}

const BADGES: Record<Level, string> = { ok: "good", warn: "detection", critical: "alert" };
const THROTTLES = ["under_voltage", "freq_capped", "throttled", "soft_temp_limit"] as const;

/** The computer: temperature, limits, memory, card, network; power and access. */
export function ComputerPart() {
  const first = useEdge<SystemInfo>("computer", "system_info").data;
  const stats = useEdge<Stats>("computer", "system_stats", 30_000).data;
  const alerts = useEdge<Alerts>("alerts", "system_alert_state", 60_000).data;
  const info = systemInfo.value ?? first;
  if (!info) return <Skeleton height={360} />;
  return (
    <>
      {alerts && (
        <div class="row" role="status">
          {Object.entries(alerts.alerts).map(([name, level]) => (
            <span key={name} class={`badge ${BADGES[level]}`}>
              {t(`edge.alert.${name}` as Word)}: {t(`edge.level.${level}`)}
            </span>
          ))}
        </div>
      )}
      <div class="edge-columns">
        <Now info={info} />
        {stats && <About stats={stats} />}
        <Throttling info={info} />
        <PowerCard />
        <AccessCard />
      </div>
    </>
  );
}

function Facts({ id, title, rows }: { id: string; title: string; rows: [string, ComponentChildren][] }) {
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (!known.length) return null;
  return (
    <section class="card card-body" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <dl class="edge-facts">
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="figures">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Now({ info }: { info: SystemInfo }) {
  const { storage_info_gb: disk, ram_usage_mb: memory, cpu_temp_celsius: heat, cpu_load_percent: load } = info;
  return (
    <Facts
      id="edge-now"
      title={t("edge.now")}
      rows={[
        [t("edge.temperature"), heat === null ? t("edge.unknown") : `${number(heat, 1)} °C`],
        [t("edge.load"), load === null ? null : percent(load / 100)],
        [t("edge.memory"), memory && `${size(memory.used_mb * 2 ** 20)} / ${size(memory.total_mb * 2 ** 20)}`],
        [t("edge.disk"), disk && `${size(disk.used_gb * 2 ** 30)} / ${size(disk.total_gb * 2 ** 30)}`],
        [t("edge.uptime"), info.uptime_seconds === null ? null : duration(info.uptime_seconds)],
        ...Object.entries(info.sd_health ?? {}).map(([name, value]): [string, ComponentChildren] => [
          `SD ${name.replaceAll("_", " ")}`,
          value,
        ]),
      ]}
    />
  );
}

function About({ stats }: { stats: Stats }) {
  const { ip_address: ip, ip_interface: card, wifi_ssid: ssid, wifi_signal_dbm: signal } = stats;
  return (
    <Facts
      id="edge-about"
      title={t("edge.about")}
      rows={[
        [t("edge.hostname"), stats.hostname],
        [t("edge.network"), ip && `${ip}${card ? ` (${card})` : ""}`],
        [t("edge.wifi"), ssid && `${ssid}${signal === undefined ? "" : ` · ${signal} dBm`}`],
        [t("edge.processor"), stats.cpu_model && `${stats.cpu_model} × ${stats.cpu_count ?? 1}`],
        [t("edge.cores"), stats.cpu_per_core?.map((core) => percent(core / 100)).join(", ")],
        [t("edge.system"), stats.os_distro],
        [t("edge.kernel"), stats.kernel],
        ["Python", stats.python_version],
        [t("edge.commit"), stats.git_commit && `${stats.git_branch ?? ""} ${stats.git_commit}`],
      ]}
    />
  );
}

function Throttling({ info: { throttle } }: { info: SystemInfo }) {
  if (!throttle) return null;
  return (
    <Facts
      id="edge-throttle"
      title={t("edge.throttle")}
      rows={THROTTLES.map((name) => {
        const [now, once] = [throttle[`${name}_now`], throttle[`${name}_occurred`]];
        const [badge, word]: [string, Word] = now
          ? ["alert", "edge.limit.now"]
          : once
            ? ["detection", "edge.limit.once"]
            : ["good", "edge.limit.never"];
        return [t(`edge.throttle.${name}`), <span class={`badge ${badge}`}>{t(word)}</span>];
      })}
    />
  );
}

interface Update {
  available: boolean;
  branch?: string;
  commits_behind?: number;
  summary?: string;
  error?: string;
}

function PowerCard() {
  const [restarting, askRestart, restartAsked] = useOpen();
  const [rebooting, askReboot, rebootAsked] = useOpen();
  const act = (path: string) => async () => {
    toast((await edge<{ message: string }>(path, {})).message);
  };
  const check = async () => {
    const found = await edge<Update>("system/update/check");
    toast(
      found.available
        ? t("edge.updates", { n: found.commits_behind ?? 1 })
        : found.error
          ? t("edge.updateUnknown", { why: found.error })
          : t("edge.upToDate"),
    );
  };
  return (
    <section class="card card-body" aria-labelledby="edge-power">
      <h2 id="edge-power">{t("edge.power")}</h2>
      <div class="row">
        <Button icon={RotateCcw} onClick={askRestart}>
          {t("edge.restart")}
        </Button>
        <Button kind="danger" icon={Power} onClick={askReboot}>
          {t("edge.reboot")}
        </Button>
        <Button onClick={check}>{t("edge.update")}</Button>
      </div>
      {restarting && (
        <Confirm
          title={t("edge.restartAsk")}
          action={t("edge.restart")}
          danger={false}
          onConfirm={act("system/restart")}
          onClose={restartAsked}
        >
          <p>{t("edge.restartMeans")}</p>
        </Confirm>
      )}
      {rebooting && (
        <Confirm
          title={t("edge.rebootAsk")}
          action={t("edge.reboot")}
          onConfirm={act("system/reboot")}
          onClose={rebootAsked}
        >
          <p>{t("edge.rebootMeans")}</p>
        </Confirm>
      )}
    </section>
  );
}
