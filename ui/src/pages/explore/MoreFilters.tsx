import { Button } from "../../components/Button";
import { Chips } from "../../components/Chips";
import { Dialog } from "../../components/Dialog";
import { Field, Select } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { cameras, zoneName } from "../../lib/config";
import { useQuery } from "../../lib/query";
import { href, navigate, setQuery } from "../../lib/router";
import { type Filters, FLAGS, joined, SORTS } from "./filters";

/** The filters that are needed less often. They apply at once. */
export function MoreFilters({ filters, onClose }: { filters: Filters; onClose: () => void }) {
  const names = useQuery("sub_labels", (signal) => json<string[]>("api/sub_labels?split_joined=1", { signal })).data;
  const zones = new Map<string, string>();
  for (const { name, zones: own } of cameras.value) {
    for (const zone of Object.keys(own)) zones.set(zone, zoneName(name, zone));
  }
  return (
    <Dialog title={t("explore.filters")} onClose={onClose}>
      <Select
        label={t("explore.sort")}
        value={filters.sort}
        options={SORTS.map((one) => [one, t(`explore.sort.${one}`)] as const)}
        onChange={(sort) => setQuery({ sort: sort === "date_desc" ? null : sort })}
      />
      {zones.size > 0 && (
        <section class="stack">
          <h3>{t("explore.zones")}</h3>
          <Chips
            label={t("explore.zones")}
            chosen={filters.lists.zones}
            options={[...zones]}
            onChange={(chosen) => setQuery({ zones: joined(chosen) })}
          />
        </section>
      )}
      {names && names.length > 0 && (
        <section class="stack">
          <h3>{t("explore.names")}</h3>
          <Chips
            label={t("explore.names")}
            chosen={filters.lists.sub_labels}
            options={names.map((name) => [name, name] as const)}
            onChange={(chosen) => setQuery({ sub_labels: joined(chosen) })}
          />
        </section>
      )}
      <div class="explore-pair">
        <Field label={t("explore.from")} type="time" value={filters.from} onText={(from) => setQuery({ from })} />
        <Field label={t("explore.to")} type="time" value={filters.to} onText={(to) => setQuery({ to })} />
      </div>
      <Field
        label={t("explore.score", { n: filters.score })}
        type="range"
        min={0}
        max={100}
        step={5}
        value={filters.score}
        onText={(text) => setQuery({ score: Number(text) || null })}
      />
      <section class="stack">
        {FLAGS.map((name) => (
          <Select
            key={name}
            label={t(`explore.flag.${name}`)}
            value={name in filters.flags ? (filters.flags[name] ? "1" : "0") : ""}
            options={[
              ["", t("explore.either")],
              ["1", t("explore.yes")],
              ["0", t("explore.no")],
            ]}
            onChange={(value) => setQuery({ [name]: value })}
          />
        ))}
      </section>
      <div class="dialog-foot">
        <Button onClick={() => navigate(href("explore"))}>{t("explore.clear")}</Button>
        <Button kind="main" onClick={onClose}>
          {t("explore.show")}
        </Button>
      </div>
    </Dialog>
  );
}
