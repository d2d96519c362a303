import { useState } from "preact/hooks";
import { Select } from "../../components/Field";
import { Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { query, setQuery } from "../../lib/router";
import { useEdge } from "./api";

interface Entry {
  ts: string;
  level: string;
  source: string;
  message: string;
}

const LEVELS = ["", "DEBUG", "INFO", "WARNING", "ERROR"] as const;
const LOUD: Record<string, string> = { WARNING: "warning", ERROR: "error", CRITICAL: "error" };

/** The newest entries of the log, by level and words. */
export function LogsPart() {
  const level = query.value.get("level") ?? "";
  const [words, setWords] = useState("");
  const asked = new URLSearchParams({ limit: "500", ...(level && { level }), ...(words && { search: words }) });
  const { data, error, refresh } = useEdge<Entry[]>("logs", `logs?${asked}`, 5000);
  return (
    <>
      <div class="row">
        <Select
          label={t("edge.logLevel")}
          bare
          value={level}
          options={LEVELS.map((one) => [one, one || t("common.all")] as const)}
          onChange={(one) => setQuery({ level: one || null })}
        />
        <input
          class="input edge-search"
          type="search"
          maxLength={200}
          placeholder={t("common.search")}
          aria-label={t("common.search")}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      {error && !data && <Trouble error={error} onRetry={refresh} />}
      {!data && !error && <Skeleton height={400} />}
      {data && (
        <div class="card edge-log" tabIndex={0} role="log" aria-label={t("edge.logs")}>
          {data.map(({ ts, level: own, source, message }, index) => (
            <div key={`${ts} ${index}`} class={LOUD[own]}>
              <time>{ts}</time> <span class="soft">{source.replace("dogwatch.", "")}</span> {message}
            </div>
          ))}
          {!data.length && <p class="soft">{t("edge.noLines")}</p>}
        </div>
      )}
    </>
  );
}
