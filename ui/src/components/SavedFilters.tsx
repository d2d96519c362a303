import { Bookmark } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../i18n/i18n";
import { prefs, setPrefs } from "../lib/prefs";
import { href, navigate, query } from "../lib/router";
import { Button } from "./Button";
import { Dialog, useOpen } from "./Dialog";
import { Field } from "./Field";
import { Menu } from "./Menu";

const MOST = 50;

/** Filters of a page that the user has given a name; kept with the account. `ignored` parameters are no filters. */
export function SavedFilters({ page, ignored = ["event", "item"] }: { page: string; ignored?: string[] }) {
  const [naming, openNaming, closeNaming] = useOpen();
  const own = prefs.value.filters.filter((one) => one.page === page);
  const now = new URLSearchParams(query.value);
  for (const name of ignored) now.delete(name);
  const known = own.find((one) => one.query === now.toString());
  const remove = () => setPrefs({ filters: prefs.value.filters.filter((one) => one !== known) });
  const items = [
    ...own.map((one) => ({ text: one.name, onSelect: () => navigate(`${href(page)}?${one.query}`) })),
    ...(now.size && !known ? [{ text: t("filters.save"), onSelect: openNaming }] : []),
    ...(known ? [{ text: t("filters.forget", { name: known.name }), onSelect: remove }] : []),
  ];
  return (
    <>
      {items.length > 0 && <Menu label={t("filters.saved")} icon={Bookmark} kind="plain" items={items} />}
      {naming && <Naming page={page} now={now.toString()} onClose={closeNaming} />}
    </>
  );
}

function Naming({ page, now, onClose }: { page: string; now: string; onClose: () => void }) {
  const [name, setName] = useState("");
  const save = () => {
    const others = prefs.value.filters.filter((one) => one.page !== page || one.name !== name.trim());
    setPrefs({ filters: [...others, { name: name.trim(), page, query: now }].slice(-MOST) });
    onClose();
  };
  return (
    <Dialog title={t("filters.save")} onClose={onClose}>
      <Field label={t("common.name")} value={name} maxLength={60} onText={setName} autoFocus />
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" disabled={!name.trim()} onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}
