import { ArrowLeft, ArrowRight } from "lucide";
import { useId } from "preact/hooks";
import { Button } from "../../components/Button";
import { Field, Switch } from "../../components/Field";
import { t, type Word } from "../../i18n/i18n";
import { Forecast } from "./Forecast";
import { DAYS, type What } from "./section";
import { cameraKey, draft, set } from "./state";
import { go } from "./WizardPage";

const CHOICES: readonly What[] = ["everything", "motion", "alerts", "nothing"];

/** What the camera is called, what is kept of it, and for how long. */
export function RecordStep() {
  const { name, what, days, detectOn } = draft.value;
  const id = useId();
  const at = Math.max(
    0,
    DAYS.findIndex((one) => one >= days),
  );
  const shown = t("wizard.days", { n: days });
  const ready = name.trim().length > 0;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) go("model");
      }}
    >
      <div class="card card-body">
        <Field
          label={t("wizard.record.name")}
          hint={name ? t("wizard.record.key", { key: cameraKey.value }) : t("wizard.record.name.hint")}
          value={name}
          maxLength={80}
          onText={(text) => set({ name: text })}
        />
        <Switch label={t("wizard.record.detect")} checked={detectOn} onChange={(on) => set({ detectOn: on })} />
      </div>
      <fieldset class="wizard-choices">
        <legend>{t("wizard.record.what")}</legend>
        {CHOICES.map((one) => (
          <label key={one} class="card wizard-choice">
            <input
              type="radio"
              name="what"
              checked={what === one}
              disabled={one === "alerts" && !detectOn}
              onChange={() => set({ what: one })}
            />
            <span>
              <strong>{t(`wizard.record.${one}` as Word)}</strong>
              <span class="small soft">{t(`wizard.record.${one}.about` as Word)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {what !== "nothing" && (
        <div class="card card-body">
          <label class="row apart" for={id}>
            <span class="label">{t("wizard.record.days")}</span>
            <strong class="figures">{shown}</strong>
          </label>
          <input
            id={id}
            class="wizard-slider"
            type="range"
            min={0}
            max={DAYS.length - 1}
            step={1}
            value={at}
            aria-valuetext={shown}
            onInput={(event) => set({ days: DAYS[Number(event.currentTarget.value)] as number })}
          />
          <Forecast />
        </div>
      )}
      <div class="wizard-foot">
        <Button icon={ArrowLeft} onClick={() => go("streams")}>
          {t("common.back")}
        </Button>
        <Button kind="main" icon={ArrowRight} disabled={!ready} onClick={() => go("model")}>
          {t("common.next")}
        </Button>
      </div>
    </form>
  );
}
