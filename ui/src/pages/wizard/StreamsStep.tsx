import { useSignal } from "@preact/signals";
import { ArrowLeft, ArrowRight, RefreshCw } from "lucide";
import { useEffect } from "preact/hooks";
import { Button } from "../../components/Button";
import { t } from "../../i18n/i18n";
import { lookAtAll } from "./look";
import { StreamCard } from "./StreamCard";
import { draft, set } from "./state";
import { go } from "./WizardPage";

/** What the streams show, and which is for what. */
export function StreamsStep() {
  const { streams, record, detect, maker } = draft.value;
  const turn = useSignal(0);
  useEffect(() => {
    const abort = new AbortController();
    void lookAtAll(abort.signal);
    return () => abort.abort();
  }, [turn.value]);
  const again = () => {
    set({ streams: streams.map(({ url, name }) => ({ url, name })), record: "", detect: "" });
    turn.value += 1;
  };
  const settled = streams.every(({ seen, problem }) => seen || problem);
  return (
    <div class="stack">
      <p class="soft">{maker ? t("wizard.streams.of", { maker }) : t("wizard.streams.about")}</p>
      <ul class="wizard-streams">
        {streams.map((stream) => (
          <StreamCard
            key={stream.url}
            stream={stream}
            recorded={stream.url === record}
            detected={stream.url === detect}
            onRecord={() => set({ record: stream.url })}
            onDetect={() => set({ detect: stream.url })}
          />
        ))}
      </ul>
      {settled && !record && <p class="small">{t("wizard.streams.none")}</p>}
      <div class="wizard-foot">
        <Button icon={ArrowLeft} onClick={() => go("find")}>
          {t("common.back")}
        </Button>
        <Button icon={RefreshCw} disabled={!settled} onClick={again}>
          {t("wizard.streams.again")}
        </Button>
        <Button kind="main" icon={ArrowRight} disabled={!record || !detect} onClick={() => go("record")}>
          {t("common.next")}
        </Button>
      </div>
    </div>
  );
}
