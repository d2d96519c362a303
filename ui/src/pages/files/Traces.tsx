import { Download } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Skeleton, Trouble } from "../../components/states";
import { label, t } from "../../i18n/i18n";
import { address, json } from "../../lib/api";
import { useQuery } from "../../lib/query";
import { duration } from "../../lib/time";
import { percent } from "../../lib/units";
import { pathOf, type Trace, type VideoFile } from "./data";

const PAGE = 50;

/** Who and what is in the file, and when. A click shows the first frame. */
export function Traces({ file, onFrame }: { file: VideoFile; onFrame: (frame: number) => void }) {
  const [page, setPage] = useState(1);
  const path = pathOf(file.file_uuid);
  const asked = useQuery(`traces ${file.file_uuid} ${page} ${file.trace_count}`, (signal) =>
    json<{ traces: Trace[]; total: number }>(`${path}/traces?page=${page}&page_size=${PAGE}`, { signal }),
  );
  const { data } = asked;
  const pages = data ? Math.ceil(data.total / PAGE) : 1;
  return (
    <section>
      <h3>{t("files.whoAndWhat")}</h3>
      {asked.error && <Trouble error={asked.error} onRetry={asked.refresh} />}
      {!data && !asked.error && <Skeleton height={120} />}
      <ul class="files-traces">
        {data?.traces.map((trace) => (
          <li key={trace.trace_id}>
            <button type="button" onClick={() => onFrame(trace.start_frame)}>
              <strong>{trace.identity ?? `${label(trace.label)} ${trace.trace_id}`}</strong>
              <span class="soft small figures">
                {duration(trace.start_time)} – {duration(trace.end_time)} · {percent(trace.avg_confidence)}
              </span>
              <span class="files-span">
                <span style={spanOf(trace, file.total_frames ?? 1)} />
              </span>
            </button>
            <Button
              kind="quiet"
              icon={Download}
              label={t("files.traceVideo", { n: trace.trace_id })}
              href={address(`${path}/trace/${trace.trace_id}/video`, { trim: "on" })}
              download
            />
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <div class="row files-pages">
          <Button disabled={page <= 1} onClick={() => setPage(page - 1)}>
            {t("common.previous")}
          </Button>
          <span class="figures">{t("files.page", { page, pages })}</span>
          <Button disabled={page >= pages} onClick={() => setPage(page + 1)}>
            {t("common.next")}
          </Button>
        </div>
      )}
    </section>
  );
}

function spanOf({ start_frame, end_frame }: Trace, total: number) {
  const left = (100 * start_frame) / total;
  return { left: `${left}%`, width: `${Math.max(0.5, (100 * (end_frame - start_frame + 1)) / total)}%` };
}
