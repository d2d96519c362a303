import { Tabs } from "../../components/Tabs";
import { t } from "../../i18n/i18n";
import { query, setQuery } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { Charts } from "./Charts";
import { Figures } from "./Figures";
import { Health } from "./Health";
import { Jobs } from "./Jobs";
import { Logs } from "./Logs";
import { Restart } from "./Restart";
import "./system.css";

const PARTS = { health: Health, charts: Charts, figures: Figures, jobs: Jobs, logs: Logs };
type Part = keyof typeof PARTS;
const ADMINS: Part[] = ["charts", "jobs", "logs"];

/** How the recorder is: in words, over time, in figures; its jobs and its log. */
export default function SystemPage() {
  const parts = (Object.keys(PARTS) as Part[]).filter((part) => isAdmin.value || !ADMINS.includes(part));
  const asked = query.value.get("part") as Part;
  const part = parts.includes(asked) ? asked : "health";
  const Shown = PARTS[part];
  return (
    <main class="page" id="content">
      <div class="page-head">
        <h1>{t("nav.system")}</h1>
        {isAdmin.value && <Restart />}
      </div>
      <Tabs
        label={t("nav.system")}
        value={part}
        tabs={parts.map((one) => [one, t(`system.${one}`)] as const)}
        onChange={(one) => setQuery({ part: one === "health" ? null : one }, { push: true })}
      />
      <Shown />
    </main>
  );
}
