import { FlaskConical } from "lucide";
import { Empty } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { config } from "../../../lib/config";
import { query } from "../../../lib/router";
import { StartForm } from "./StartForm";
import { TrialList } from "./TrialList";
import { TrialView } from "./TrialView";
import "./trial.css";

/** Changed settings run over footage that is there: a form, those tried before, and with `?try=` one of them. */
export default function TrialPart() {
  const all = Object.keys(config.value?.cameras ?? {});
  const camera = all.find((name) => name === query.value.get("camera")) ?? all[0];
  const id = query.value.get("try");
  if (!camera) {
    return (
      <div class="card">
        <Empty icon={FlaskConical} title={t("live.none")} />
      </div>
    );
  }
  if (id) return <TrialView key={id} camera={camera} id={id} />;
  return (
    <>
      <StartForm key={camera} camera={camera} all={all} />
      <TrialList camera={camera} />
    </>
  );
}
