import { Clapperboard, FolderPlus } from "lucide";
import { Button } from "../../components/Button";
import { useOpen } from "../../components/Dialog";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { query, setQuery } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { CaseForm } from "./CaseForm";
import { CaseHead } from "./CaseHead";
import { type Case, useCases, useExports, useJobs } from "./data";
import { ExportCard } from "./ExportCard";
import "./exports.css";
import { JobList } from "./JobList";

/** Finished exports by case, and those that are being made. */
export default function ExportsPage() {
  const exports = useExports();
  const cases = useCases().data ?? [];
  const jobs = useJobs();
  const [adding, openAdding, closeAdding] = useOpen();
  const chosen = query.value.get("case") ?? "";
  const shown = cases.find(({ id }) => id === chosen);
  const rows = exports.data?.filter((row) => !shown || row.export_case_id === shown.id) ?? [];
  return (
    <main class="page exports" id="content">
      <div class="page-head">
        <h1>{t("nav.export")}</h1>
        {isAdmin.value && (
          <Button icon={FolderPlus} onClick={openAdding}>
            {t("exports.newCase")}
          </Button>
        )}
      </div>
      {cases.length > 0 && <CaseChips cases={cases} chosen={chosen} />}
      {shown && <CaseHead one={shown} exports={rows} />}
      <JobList jobs={jobs.data ?? []} onChanged={jobs.refresh} />
      {exports.error && <Trouble error={exports.error} onRetry={exports.refresh} />}
      {!exports.data && !exports.error && <Skeleton height={240} />}
      {exports.data && !rows.length && (
        <Empty icon={Clapperboard} title={t(shown ? "exports.emptyCase" : "exports.none")}>
          <p>{t("exports.how")}</p>
        </Empty>
      )}
      <ul class="exports-grid">
        {rows.map((row) => (
          <ExportCard key={row.id} row={row} cases={cases} />
        ))}
      </ul>
      {adding && <CaseForm onClose={closeAdding} />}
    </main>
  );
}

function CaseChips({ cases, chosen }: { cases: Case[]; chosen: string }) {
  const all = [{ id: "", name: t("common.all") }, ...cases];
  return (
    <div class="chips" role="group" aria-label={t("exports.cases")}>
      {all.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          class="chip"
          aria-pressed={id === chosen}
          onClick={() => setQuery({ case: id || null }, { push: true })}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
