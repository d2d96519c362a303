import { Check } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../components/Icon";
import { t, type Word } from "../../i18n/i18n";
import { cameras } from "../../lib/config";
import { href, navigate, query } from "../../lib/router";
import "../settings/settings.css";
import { DoneStep } from "./DoneStep";
import { FindStep } from "./FindStep";
import { ModelStep } from "./ModelStep";
import { RecordStep } from "./RecordStep";
import { StreamsStep } from "./StreamsStep";
import { draft, STEPS, type Step } from "./state";
import "./wizard.css";

const SHOWN = { find: FindStep, streams: StreamsStep, record: RecordStep, model: ModelStep, done: DoneStep };

export const go = (step: Step) => navigate(href("wizard", { step }));

/** Adds a camera, step by step; each is in the address, so that Back leads one back. */
export default function WizardPage() {
  const asked = STEPS.find((step) => step === query.value.get("step")) ?? "find";
  const step = reachable(asked);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    scrollTo(0, 0);
  }, [step]);
  const Shown = SHOWN[step];
  const number = STEPS.indexOf(step);
  return (
    <main class="page wizard" id="content">
      <div class="page-head">
        <h1>{t(cameras.value.length || step === "done" ? "settings.addCamera" : "wizard.welcome")}</h1>
        {step === "find" && cameras.value.length > 0 && (
          <a class="button quiet" href={href("settings", { part: "cameras" })}>
            {t("common.cancel")}
          </a>
        )}
      </div>
      <ol class="wizard-steps">
        {STEPS.slice(0, -1).map((one, index) => (
          <li key={one} class={index < number ? "past" : ""} aria-current={one === step ? "step" : undefined}>
            <span class="wizard-number">{index < number ? <Icon icon={Check} size={14} /> : index + 1}</span>
            <span class="wizard-word">{t(`wizard.step.${one}` as Word)}</span>
          </li>
        ))}
      </ol>
      <section class="wizard-step">
        <h2 ref={title} tabIndex={-1}>
          {t(`wizard.${step}` as Word)}
        </h2>
        <Shown />
      </section>
    </main>
  );
}

/** A step of the address that what was entered does not lead to, as after a reload, is the first one. */
function reachable(step: Step): Step {
  const { streams, record, added } = draft.value;
  if (step === "done" || (added && step !== "find")) return added ? "done" : "find"; // it is added once
  if (step === "streams") return streams.length ? step : "find";
  return step === "find" || record ? step : streams.length ? "streams" : "find";
}
