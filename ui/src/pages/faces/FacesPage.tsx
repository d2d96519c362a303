import { ScanFace, Search, UserPlus } from "lucide";
import { Button } from "../../components/Button";
import { useOpen } from "../../components/Dialog";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { query, setQuery } from "../../lib/router";
import { toast, toastError } from "../../lib/toasts";
import { saveConfig } from "../settings/save";
import { facesOn, move, useLibrary } from "./data";
import { personsOf, TRAIN } from "./names";
import "./faces.css";
import { NameForm } from "./NameForm";
import { PersonCard } from "./PersonCard";
import { Pictures } from "./Pictures";
import { dragged } from "./useDragFaces";
import { WhoIsThis } from "./WhoIsThis";

/** The library of faces, and attempts that become part of it. */
export default function FacesPage() {
  return facesOn.value ? <FaceLibrary /> : <SwitchedOff />;
}

function SwitchedOff() {
  return (
    <main class="page" id="content">
      <div class="page-head">
        <h1>{t("nav.faces")}</h1>
      </div>
      <Empty icon={ScanFace} title={t("faces.off")}>
        <p>{t("faces.offMeans")}</p>
        <Button kind="main" onClick={() => saveConfig({ face_recognition: { enabled: true } })}>
          {t("faces.switchOn")}
        </Button>
      </Empty>
    </main>
  );
}

function FaceLibrary() {
  const { data, error, refresh } = useLibrary();
  const [adding, add, added] = useOpen();
  const [asking, ask, asked] = useOpen();
  const persons = data ? personsOf(data) : [];
  const chosen = query.value.get("person") ?? "";
  const shown = persons.includes(chosen) ? chosen : TRAIN;
  const drop = (files: string[], person: string) => {
    if (person === shown) return;
    move(shown, files, person).then(
      () => toast(t("faces.moved", { n: files.length, name: person })),
      (failed: unknown) => toastError(failed),
    );
  };
  return (
    <main class="page faces" id="content">
      <div class="page-head">
        <h1>{t("nav.faces")}</h1>
        <Button icon={Search} onClick={ask}>
          {t("faces.who")}
        </Button>
        <Button icon={UserPlus} onClick={add}>
          {t("faces.newPerson")}
        </Button>
      </div>
      {error && !data && <Trouble error={error} onRetry={refresh} />}
      {!data && !error && <Skeleton height={320} />}
      {data && (
        <div class="faces-columns">
          <section aria-labelledby="faces-persons" class="faces-persons">
            <h2 id="faces-persons">{t("faces.persons")}</h2>
            {!persons.length && <p class="soft small">{t("faces.noPersons")}</p>}
            <ul class="faces-list">
              <li>
                <button
                  type="button"
                  class="card faces-person"
                  aria-pressed={shown === TRAIN}
                  onClick={() => setQuery({ person: null }, { push: true })}
                >
                  <span class="faces-portrait" aria-hidden="true">
                    ?
                  </span>
                  <span class="faces-name">
                    <strong>{t("faces.train")}</strong>
                    <span class="soft small">{t("faces.count", { n: data[TRAIN]?.length ?? 0 })}</span>
                  </span>
                </button>
              </li>
              {persons.map((name) => (
                <PersonCard key={name} name={name} files={data[name] ?? []} persons={persons} shown={name === shown} />
              ))}
            </ul>
          </section>
          <Pictures key={shown} name={shown} files={data[shown] ?? []} persons={persons} onDrop={drop} />
        </div>
      )}
      {adding && <NameForm persons={persons} onClose={added} />}
      {asking && <WhoIsThis onClose={asked} />}
      <Ghost />
    </main>
  );
}

/** What is dragged, under the pointer. */
function Ghost() {
  const drag = dragged.value;
  if (!drag) return null;
  return (
    <div class="faces-ghost badge" aria-hidden="true" style={{ left: `${drag.x + 12}px`, top: `${drag.y + 12}px` }}>
      {t("faces.count", { n: drag.files.length })}
    </div>
  );
}
