import { Skeleton } from "../../../components/states";
import { json } from "../../../lib/api";
import { config } from "../../../lib/config";
import { kept } from "../../../lib/push";
import { useQuery } from "../../../lib/query";
import { isAdmin } from "../../../lib/session";
import { CameraList } from "./CameraList";
import { Devices } from "./Devices";
import { General } from "./General";
import "./notifications.css";
import { ThisDevice } from "./ThisDevice";
import type { CameraState, Device } from "./types";

/** Who is told of what: this device, all devices, and what the cameras tell. */
export default function NotificationsPart() {
  const devices = useQuery("settings/devices", (signal) => json<Device[]>("api/notifications/devices", { signal }), {
    every: 30_000,
  });
  const states = useQuery("settings/notified", (signal) =>
    json<Record<string, CameraState>>("api/camera/notifications", { signal }),
  );
  const file = config.value?.notifications as { enabled_in_config?: boolean } | undefined;
  const on = file?.enabled_in_config || Object.values(states.data ?? {}).some((one) => one.enabled);
  return (
    <>
      <ThisDevice key={kept()?.id} serverOn={Boolean(on)} onChanged={devices.refresh} />
      {devices.data ? (
        <Devices devices={devices.data} onChanged={devices.refresh} />
      ) : (
        !devices.error && <Skeleton height={80} />
      )}
      {isAdmin.value && <General />}
      {states.data && <CameraList states={states.data} onChanged={states.refresh} />}
    </>
  );
}
