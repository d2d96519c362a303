/** What the edge camera tells at once: a stream of events as long as its page is shown. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { invalidate } from "../../lib/query";
import { edgeAddress } from "./api";

/** Events, and the beginnings of the keys of what has to be asked for anew. */
const TELLS: Record<string, string[]> = {
  sensor_state: ["edge sensor"],
  recording_state: ["edge recording", "edge sensor"],
  archive_updated: ["edge archive"],
  archive_removed: ["edge archive"],
  presence_change: ["edge presence", "edge history"],
  connections: ["edge presence"],
  mode_state: ["edge mode"],
  output_state: ["edge outputs"],
  system_alert: ["edge alerts"],
};
const RETRY_MS = 5000;

export interface SystemInfo {
  cpu_temp_celsius: number | null;
  cpu_load_percent: number | null;
  storage_info_gb: { total_gb: number; used_gb: number } | null;
  ram_usage_mb: { total_mb: number; used_mb: number } | null;
  uptime_seconds: number | null;
  throttle: Record<string, boolean | string> | null;
  sd_health: Record<string, string | number | null> | null;
}

/** The newest figures of the computer. */
export const systemInfo = signal<SystemInfo | null>(null);

/** Listen as long as the component is shown. */
export function useNews(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource | null = null;
    const open = () => {
      source = new EventSource(edgeAddress("events"));
      for (const [event, keys] of Object.entries(TELLS)) {
        source.addEventListener(event, () => keys.forEach(invalidate));
      }
      source.addEventListener("system_info", ({ data }) => {
        systemInfo.value = JSON.parse(String(data)) as SystemInfo;
      });
      source.onerror = () => {
        if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
        timer = setTimeout(open, RETRY_MS);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, []);
}
