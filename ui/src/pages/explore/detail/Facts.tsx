import { Pencil } from "lucide";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../../components/Button";
import { Dialog, useOpen } from "../../../components/Dialog";
import { Field } from "../../../components/Field";
import { t, type Word } from "../../../i18n/i18n";
import { json, request } from "../../../lib/api";
import { zoneName } from "../../../lib/config";
import { useQuery } from "../../../lib/query";
import { isAdmin } from "../../../lib/session";
import { duration } from "../../../lib/time";
import { number, percent } from "../../../lib/units";
import type { EventRow } from "../event";

type Text = "sub_label" | "description" | "plate";

/** What is known of an event; administrators can put texts right. */
export function Facts({ event, onChanged }: { event: EventRow; onChanged: () => Promise<void> }) {
  const [edited, setEdited] = useState<Text | null>(null);
  const [open, show, hide] = useOpen();
  const { data } = event;
  const edit = (text: Text) => {
    setEdited(text);
    show();
  };
  const line = (name: Word, value: ComponentChildren, text?: Text) =>
    (value || (text && isAdmin.value)) && (
      <>
        <dt>{t(name)}</dt>
        <dd>
          {value || <span class="soft">–</span>}
          {text && isAdmin.value && (
            <Button kind="quiet" icon={Pencil} label={`${t("common.edit")}: ${t(name)}`} onClick={() => edit(text)} />
          )}
        </dd>
      </>
    );
  return (
    <section>
      <h3>{t("explore.facts")}</h3>
      <dl class="explore-facts">
        {line("explore.name", event.sub_label, "sub_label")}
        {line("explore.plate", data.recognized_license_plate, "plate")}
        {line("explore.description", data.description, "description")}
        {line("explore.severity", data.max_severity && t(`explore.severity.${data.max_severity}`))}
        {line("explore.zones", event.zones.map((zone) => zoneName(event.camera, zone)).join(", "))}
        {line("explore.topScore", data.top_score ? percent(data.top_score, 1) : null)}
        {line("explore.duration", event.end_time ? duration(event.end_time - event.start_time) : t("explore.goesOn"))}
        {line("explore.speed", data.average_estimated_speed ? number(data.average_estimated_speed, 1) : null)}
      </dl>
      {open && edited && <EditText event={event} text={edited} onChanged={onChanged} onClose={hide} />}
    </section>
  );
}

const TITLES = { sub_label: "explore.name", description: "explore.description", plate: "explore.plate" } as const;

interface EditProps {
  event: EventRow;
  text: Text;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

function EditText({ event, text, onChanged, onClose }: EditProps) {
  const before = {
    sub_label: event.sub_label,
    description: event.data.description,
    plate: event.data.recognized_license_plate,
  };
  const [value, setValue] = useState(before[text] ?? "");
  const names = useQuery(text === "sub_label" ? "sub_labels" : null, (signal) =>
    json<string[]>("api/sub_labels?split_joined=1", { signal }),
  ).data;
  const save = async () => {
    const path = `api/events/${encodeURIComponent(event.id)}`;
    const [route, body] = {
      sub_label: ["sub_label", { subLabel: value }] as const,
      description: ["description", { description: value }] as const,
      plate: ["recognized_license_plate", { recognizedLicensePlate: value }] as const,
    }[text];
    await request(`${path}/${route}`, { method: "POST", body });
    await onChanged();
    onClose();
  };
  return (
    <Dialog title={t(TITLES[text])} onClose={onClose}>
      <Field
        label={t(TITLES[text])}
        value={value}
        onText={setValue}
        maxLength={text === "description" ? 10_000 : 100}
        list={names ? "explore-names" : undefined}
        autoFocus
      />
      {names && (
        <datalist id="explore-names">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}
