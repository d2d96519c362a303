import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { setQuery } from "../../lib/router";
import { create, rename } from "./data";
import { wrongName } from "./names";

interface Props {
  /** The person's present name; without one, a person is made. */
  name?: string;
  persons: string[];
  onClose: () => void;
}

/** Makes a person, or names one anew. */
export function NameForm({ name = "", persons, onClose }: Props) {
  const [text, setText] = useState(name);
  const wanted = text.trim();
  const wrong = wanted === name ? "" : wrongName(wanted, persons);
  const save = async () => {
    if (name) await rename(name, wanted);
    else await create(wanted);
    setQuery({ person: wanted });
    onClose();
  };
  return (
    <Dialog title={t(name ? "faces.rename" : "faces.newPerson")} onClose={onClose}>
      <Field
        label={t("common.name")}
        value={text}
        onText={setText}
        problem={wrong ? t(`faces.wrong.${wrong}`) : undefined}
        autoFocus
      />
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" disabled={!wanted || wanted === name || Boolean(wrong)} onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}
