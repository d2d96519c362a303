import { useComputed, useSignal } from "@preact/signals";
import { CheckCheck, ListChecks } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Chips } from "../../components/Chips";
import { SavedFilters } from "../../components/SavedFilters";
import { Empty, Trouble } from "../../components/states";
import { Tabs } from "../../components/Tabs";
import { label, t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { cameraName, cameras } from "../../lib/config";
import type { PagedList } from "../../lib/paged-list";
import { useQuery } from "../../lib/query";
import { query, setQuery } from "../../lib/router";
import { zone } from "../../lib/time";
import { usePagedList } from "../../lib/use-paged-list";
import { momentOf } from "../../lib/zone";
import { TimeField } from "../../timeline/TimeField";
import { Timeline } from "../../timeline/Timeline";
import { markSeenWithUndo } from "./actions";
import { ItemView } from "./ItemView";
import type { ReviewItem, Severity } from "./item";
import { ReviewGrid } from "./ReviewGrid";
import { SelectionBar } from "./SelectionBar";
import "./review.css";

interface Counts {
  last24Hours: { reviewed_alert: number; reviewed_detection: number; total_alert: number; total_detection: number };
}

const split = (name: string) => (query.value.get(name) ?? "").split(",").filter(Boolean);

/** What the address asks for. */
function asked() {
  return {
    severity: (query.value.get("severity") === "detection" ? "detection" : "alert") as Severity,
    cameras: split("cameras"),
    labels: split("labels"),
    unseen: query.value.get("seen") === "0",
    before: momentOf(query.value.get("before")),
  };
}

type Asked = ReturnType<typeof asked>;

function useList({ severity, cameras: of, labels, unseen, before }: Asked): PagedList<ReviewItem> {
  const parameters: Record<string, string> = { severity, after: "0" };
  if (of.length) parameters.cameras = of.join(",");
  if (labels.length) parameters.labels = labels.join(",");
  if (unseen) parameters.reviewed = "0";
  if (before) parameters.before = String(before);
  return usePagedList<ReviewItem>(
    parameters,
    (given, signal) => json(`api/review?${new URLSearchParams(given)}`, { signal }),
    "reviews",
    () => Boolean(before),
  );
}

/** Alerts and detections, beside the timeline: seen, marked, exported. */
export default function ReviewPage() {
  const wanted = useComputed(asked).value;
  const list = useList(wanted);
  const [chosen, setChosen] = useState<string[]>([]);
  const opened = query.value.get("item");
  const rows = list.rows.value;
  const unseen = rows.filter((row) => !row.has_been_reviewed && row.end_time).map(({ id }) => id);
  useEffect(() => setChosen([]), [list]);

  return (
    <main class="page review" id="content">
      <Head wanted={wanted} unseen={unseen} list={list} />
      <Where wanted={wanted} />
      {chosen.length > 0 && (
        <SelectionBar list={list} items={rows.filter(({ id }) => chosen.includes(id))} onEnd={() => setChosen([])} />
      )}
      {list.error.value && <Trouble error={list.error.value} onRetry={() => list.more()} />}
      {!rows.length && !list.loading.value && !list.error.value && (
        <Empty icon={ListChecks} title={t(wanted.unseen ? "review.allSeen" : `review.none.${wanted.severity}`)}>
          {wanted.before && <Button onClick={() => setQuery({ before: null })}>{t("review.toNow")}</Button>}
        </Empty>
      )}
      <ReviewGrid
        list={list}
        chosen={chosen}
        onChoose={setChosen}
        onOpen={(item) => setQuery({ item: item.id }, { push: true })}
      />
      {opened && (
        <ItemView
          key={opened}
          id={opened}
          list={list}
          onStep={(id) => setQuery({ item: id })}
          onClose={() => setQuery({ item: null })}
        />
      )}
    </main>
  );
}

function Head({ wanted, unseen, list }: { wanted: Asked; unseen: string[]; list: PagedList<ReviewItem> }) {
  const counts = useQuery(
    `review summary ${wanted.cameras} ${wanted.labels} ${zone.value}`,
    (signal) => {
      const given = new URLSearchParams({ timezone: zone.value });
      if (wanted.cameras.length) given.set("cameras", wanted.cameras.join(","));
      if (wanted.labels.length) given.set("labels", wanted.labels.join(","));
      return json<Counts>(`api/review/summary?${given}`, { signal });
    },
    { every: 30_000 },
  ).data?.last24Hours;
  const labels = useQuery("labels", (signal) => json<string[]>("api/labels", { signal })).data ?? [];
  const named = (severity: Severity) => {
    const left = counts ? counts[`total_${severity}`] - counts[`reviewed_${severity}`] : 0;
    return left ? t(`review.${severity}sLeft`, { n: left }) : t(`review.${severity}s`);
  };
  return (
    <>
      <div class="page-head">
        <h1>{t("nav.review")}</h1>
        <Button pressed={wanted.unseen} onClick={() => setQuery({ seen: wanted.unseen ? null : "0" })}>
          {t("review.onlyUnseen")}
        </Button>
        <SavedFilters page="review" ignored={["item", "before"]} />
        {unseen.length > 0 && (
          <Button icon={CheckCheck} onClick={() => markSeenWithUndo(list, unseen)}>
            {t("review.markAll")}
          </Button>
        )}
      </div>
      <Tabs
        label={t("review.severity")}
        value={wanted.severity}
        tabs={[
          ["alert", named("alert")],
          ["detection", named("detection")],
        ]}
        onChange={(severity) => setQuery({ severity: severity === "alert" ? null : severity })}
      />
      {cameras.value.length > 1 && (
        <Chips
          label={t("explore.cameras")}
          chosen={wanted.cameras}
          options={cameras.value.map(({ name }) => [name, cameraName(name)] as const)}
          onChange={(chosen) => setQuery({ cameras: chosen.join(",") || null })}
        />
      )}
      {labels.length > 1 && (
        <Chips
          label={t("explore.labels")}
          chosen={wanted.labels}
          options={labels.map((name) => [name, label(name)] as const)}
          onChange={(chosen) => setQuery({ labels: chosen.join(",") || null })}
        />
      )}
    </>
  );
}

/** The timeline of the cameras that are shown; a moment on it is where the list begins. */
function Where({ wanted }: { wanted: Asked }) {
  const at = useSignal(wanted.before ?? Date.now() / 1000);
  useEffect(() => {
    at.value = wanted.before ?? Date.now() / 1000;
  }, [wanted.before]);
  const names = cameras.value
    .map(({ name }) => name)
    .filter((one) => !wanted.cameras.length || wanted.cameras.includes(one));
  const go = (to: number) => setQuery({ before: to > Date.now() / 1000 - 5 ? null : Math.round(to) });
  if (!names.length) return null;
  return (
    <section class="review-where">
      <div class="row apart">
        <TimeField at={at} onTime={go} cameras={names} />
        {wanted.before && <Button onClick={() => setQuery({ before: null })}>{t("review.toNow")}</Button>}
      </div>
      <Timeline
        cameras={names}
        at={at}
        lanes={["motion", "recordings", wanted.severity === "alert" ? "alerts" : "detections"]}
        onScrub={(to, phase) => phase === "end" && go(to)}
        onPick={({ id, kind }) => kind === wanted.severity && setQuery({ item: id }, { push: true })}
      />
    </section>
  );
}
