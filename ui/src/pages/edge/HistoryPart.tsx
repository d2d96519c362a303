import { Download, History } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Chart } from "../../components/Chart";
import { Select } from "../../components/Field";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { isWord, t } from "../../i18n/i18n";
import { query, setQuery } from "../../lib/router";
import { fullTime } from "../../lib/time";
import { number } from "../../lib/units";
import { edgeAddress, type Level, seconds, useEdge } from "./api";

interface Happened {
  ts: string;
  type: string;
  severity: Level;
  detail?: string;
}

interface Sample {
  ts: string;
  temp: number | null;
  load: number | null;
  ram_pct: number | null;
}

const HOURS = ["24", "168", "720", "4380"] as const;
const PAGE = 100;
const BADGES: Record<Level, string> = { ok: "", warn: "detection", critical: "alert" };

/** What has happened at the edge camera, newest first, and how the computer was. */
export function HistoryPart() {
  const asked = query.value.get("hours") as (typeof HOURS)[number];
  const hours = HOURS.includes(asked) ? asked : "168";
  const { data, error, refresh } = useEdge<Happened[]>("history", `event_history?hours=${hours}`, 15_000);
  const [shown, setShown] = useState(PAGE);
  if (error && !data) return <Trouble error={error} onRetry={refresh} />;
  return (
    <>
      <HealthChart />
      <div class="row">
        <Select
          label={t("edge.hours")}
          bare
          value={hours}
          options={HOURS.map((one) => [one, t(`edge.hours.${one}`)] as const)}
          onChange={(one) => setQuery({ hours: one === "168" ? null : one })}
        />
        <Button icon={Download} href={edgeAddress("event_history/csv", { hours })} download="events.csv">
          CSV
        </Button>
      </div>
      {!data && <Skeleton height={300} />}
      {data && !data.length && <Empty icon={History} title={t("edge.noHistory")} />}
      {data && data.length > 0 && (
        <ul class="card edge-rows edge-history">
          {data
            .slice(-shown)
            .reverse()
            .map((one, index) => (
              <li key={`${one.ts} ${index}`}>
                <time class="figures small">{fullTime(seconds(one.ts) ?? 0)}</time>
                <span class={`badge ${BADGES[one.severity]}`}>{eventWord(one.type)}</span>
                {one.detail && <span class="edge-detail">{one.detail}</span>}
              </li>
            ))}
        </ul>
      )}
      {data && data.length > shown && <Button onClick={() => setShown(shown + PAGE)}>{t("common.more")}</Button>}
    </>
  );
}

function eventWord(type: string): string {
  const word = `edge.event.${type}`;
  return isWord(word) ? t(word) : type.replaceAll("_", " ");
}

function HealthChart() {
  const { data } = useEdge<Sample[]>("history", "health_history?hours=24", 300_000);
  if (!data || data.length < 2) return null;
  const lines = [
    { name: t("edge.temperature"), values: data.map(({ temp }) => temp) },
    { name: t("edge.load"), values: data.map(({ load }) => load) },
    { name: t("edge.memory"), values: data.map(({ ram_pct }) => ram_pct) },
  ].filter(({ values }) => values.some((value) => value !== null));
  return (
    <Chart
      title={t("edge.health")}
      times={data.map(({ ts }) => seconds(ts) ?? 0)}
      lines={lines}
      format={(value) => number(value)}
    />
  );
}
