import { Cpu } from "lucide";
import { Empty } from "../../components/states";
import { Tabs } from "../../components/Tabs";
import { t } from "../../i18n/i18n";
import { hasEdge } from "../../lib/edge";
import { query, setQuery } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { ArchivePart } from "./ArchivePart";
import { ComputerPart } from "./ComputerPart";
import "./edge.css";
import { HistoryPart } from "./HistoryPart";

import { LogsPart } from "./LogsPart";
import { useNews } from "./news";
import { PresencePart } from "./PresencePart";
import { RecordingBar } from "./RecordingBar";
import { SensorPart } from "./SensorPart";
import { StreamPart } from "./StreamPart";
import { TimelapsePart } from "./TimelapsePart";

const PARTS = {
  sensor: SensorPart,
  presence: PresencePart,
  archive: ArchivePart,
  timelapse: TimelapsePart,
  history: HistoryPart,
  stream: StreamPart,
  computer: ComputerPart,
  logs: LogsPart,
};
type Part = keyof typeof PARTS;
const ADMINS: Part[] = ["stream", "computer", "logs"];

/** The edge camera: its sensor, who is at home, what was recorded, and the computer itself. */
export default function EdgePage() {
  if (!hasEdge.value) {
    return (
      <main class="page" id="content">
        <Empty icon={Cpu} title={t("edge.none")}>
          <p>{t("edge.noneHow")}</p>
        </Empty>
      </main>
    );
  }
  return <WithEdge />;
}

function WithEdge() {
  useNews();
  const parts = (Object.keys(PARTS) as Part[]).filter((part) => isAdmin.value || !ADMINS.includes(part));
  const asked = query.value.get("part") as Part;
  const part = parts.includes(asked) ? asked : "sensor";
  const Shown = PARTS[part];
  return (
    <main class="page edge" id="content">
      <div class="page-head">
        <h1>{t("nav.edge")}</h1>
        <RecordingBar />
      </div>
      <Tabs
        label={t("nav.edge")}
        value={part}
        tabs={parts.map((one) => [one, t(`edge.${one}`)] as const)}
        onChange={(one) => setQuery({ part: one === "sensor" ? null : one }, { push: true })}
      />
      <Shown />
    </main>
  );
}
