import { useEffect, useId, useState } from "preact/hooks";
import { Dialog } from "../../components/Dialog";
import { Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { percent } from "../../lib/units";
import { type Recognised, recognise } from "./data";

type Answer = Recognised | "asking" | Error | null;

/** Asks whose face is in a picture; nothing of it is kept. */
export function WhoIsThis({ onClose }: { onClose: () => void }) {
  const [picture, setPicture] = useState("");
  const [answer, setAnswer] = useState<Answer>(null);
  const id = useId();
  useEffect(() => () => URL.revokeObjectURL(picture), [picture]);
  const ask = async (file: File | undefined) => {
    if (!file) return;
    setPicture(URL.createObjectURL(file));
    setAnswer("asking");
    try {
      setAnswer(await recognise(file));
    } catch (error) {
      setAnswer(error as Error);
    }
  };
  return (
    <Dialog title={t("faces.who")} onClose={onClose}>
      <div class="field">
        <label class="label" for={id}>
          {t("faces.whoPicture")}
        </label>
        <input
          id={id}
          type="file"
          accept="image/jpeg,image/png,image/webp"
          onChange={(event) => void ask(event.currentTarget.files?.[0])}
        />
        <span class="hint">{t("faces.whoHow")}</span>
      </div>
      {picture && <img class="faces-asked" src={picture} alt={t("faces.whoPicture")} />}
      <div role="status">
        {answer === "asking" && <p class="soft">{t("common.loading")}</p>}
        {answer && typeof answer === "object" && "face_name" in answer && (
          <p>
            <strong>{answer.face_name === "unknown" ? t("faces.nobody") : answer.face_name}</strong>{" "}
            <span class="soft">{t("faces.score", { score: percent(answer.score) })}</span>
          </p>
        )}
      </div>
      {answer instanceof Error && <Trouble error={answer} />}
    </Dialog>
  );
}
