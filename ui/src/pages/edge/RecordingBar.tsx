import { Camera, CircleDot, Square } from "lucide";
import { Button } from "../../components/Button";
import { t } from "../../i18n/i18n";
import { isAdmin } from "../../lib/session";
import { shortTime } from "../../lib/time";
import { toast } from "../../lib/toasts";
import { edge, seconds, useEdge } from "./api";

interface State {
  recording: boolean;
  started_at?: string;
  reason?: "manual" | "sensor";
}

/** Whether anything is recorded on a trigger, and the buttons that record and take a snapshot. */
export function RecordingBar() {
  const { data, refresh } = useEdge<State>("recording", "recording_status");
  const began = seconds(data?.started_at);
  return (
    <div class="row">
      {data?.recording && (
        <span class="badge alert" role="status">
          {t(data.reason === "sensor" ? "edge.recordsSensor" : "edge.recordsHand", {
            time: began === null ? "" : shortTime(began),
          })}
        </span>
      )}
      {isAdmin.value && (
        <>
          <Button
            icon={data?.recording ? Square : CircleDot}
            disabled={!data}
            onClick={async () => {
              await edge("toggle_recording", {});
              await refresh();
            }}
          >
            {t(data?.recording ? "edge.recordStop" : "edge.record")}
          </Button>
          <Button
            icon={Camera}
            onClick={async () => {
              await edge("snapshot", {});
              toast(t("edge.snapshotTaken"));
            }}
          >
            {t("edge.snapshot")}
          </Button>
        </>
      )}
    </div>
  );
}
