import { FileVideo, Upload, X } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Select } from "../../components/Field";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { address, json } from "../../lib/api";
import { useQuery } from "../../lib/query";
import { query, setQuery } from "../../lib/router";
import { duration } from "../../lib/time";
import { percent, size } from "../../lib/units";
import { FILES, type Listed, pathOf, type VideoFile } from "./data";
import { FileView } from "./FileView";
import "./files.css";
import { drop, upload, uploads } from "./uploads";

const PAGE = 24;
const SORTS = ["created_at", "file_name", "duration", "size_bytes"] as const;
const ACCEPTED = "video/*,.mkv,.avi,.ts,.mts,.m2ts,.flv,.mov,.mp4,.webm";

/** Video files that people bring: uploads, the list, and one of them. */
export default function FilesPage() {
  const chosen = query.value.get("file");
  const sort = SORTS.find((one) => one === query.value.get("sort")) ?? "created_at";
  const words = query.value.get("q") ?? "";
  const page = Math.max(1, Number(query.value.get("page")) || 1);
  const given = new URLSearchParams({
    page: String(page),
    page_size: String(PAGE),
    sort,
    order: sort === "file_name" ? "asc" : "desc",
  });
  if (words) given.set("q", words);
  const asked = useQuery(`files ${given}`, (signal) => json<Listed>(`${FILES}/files?${given}`, { signal }), {
    every: 10_000,
  });
  const { data } = asked;
  const pages = data ? Math.max(1, Math.ceil(data.total / PAGE)) : 1;
  return (
    <DropZone>
      <div class="page-head">
        <h1>{t("nav.files")}</h1>
        <UploadButton />
      </div>
      <div class="row">
        <input
          class="input files-words"
          type="search"
          placeholder={t("files.words")}
          aria-label={t("files.words")}
          value={words}
          onInput={(event) => setQuery({ q: event.currentTarget.value || null, page: null })}
        />
        <Select
          bare
          label={t("explore.sort")}
          value={sort}
          options={SORTS.map((one) => [one, t(`files.sort.${one}`)] as const)}
          onChange={(value) => setQuery({ sort: value, page: null })}
        />
      </div>
      <Uploads />
      {asked.error && <Trouble error={asked.error} onRetry={asked.refresh} />}
      {!data && !asked.error && <Skeleton height={260} />}
      {data && !data.files.length && (
        <Empty icon={FileVideo} title={t(words ? "files.nothing" : "files.none")}>
          {!words && <p>{t("files.how")}</p>}
        </Empty>
      )}
      <ul class="files-grid">
        {data?.files.map((file) => (
          <FileCard key={file.file_uuid} file={file} />
        ))}
      </ul>
      {pages > 1 && (
        <div class="row files-pages">
          <Button disabled={page <= 1} onClick={() => setQuery({ page: page - 1 })}>
            {t("common.previous")}
          </Button>
          <span class="figures">{t("files.page", { page, pages })}</span>
          <Button disabled={page >= pages} onClick={() => setQuery({ page: page + 1 })}>
            {t("common.next")}
          </Button>
        </div>
      )}
      {chosen && <FileView key={chosen} id={chosen} onClose={() => setQuery({ file: null })} />}
    </DropZone>
  );
}

/** The page, which takes files that are dropped on it. */
function DropZone({ children }: { children: preact.ComponentChildren }) {
  const [over, setOver] = useState(false);
  const leave = (event: DragEvent) => {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) setOver(false);
  };
  return (
    <main
      class={over ? "page files over" : "page files"}
      id="content"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={leave}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        upload(event.dataTransfer?.files ?? []);
      }}
    >
      {children}
    </main>
  );
}

function UploadButton() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind="main" icon={Upload} onClick={() => input.current?.click()}>
        {t("files.upload")}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        aria-label={t("files.upload")}
        onChange={(event) => {
          upload([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

function Uploads() {
  if (!uploads.value.length) return null;
  return (
    <ul class="card files-uploads" aria-label={t("files.uploads")}>
      {uploads.value.map((one) => (
        <li key={one.id}>
          <div class="files-upload-text">
            <strong class="ellipsis">{one.name}</strong>
            <span class={one.failure ? "small files-failure" : "soft small figures"}>
              {one.failure || `${size(one.sent)} / ${size(one.total)}`}
            </span>
          </div>
          {!one.failure && <progress max={one.total} value={one.sent} aria-label={one.name} />}
          {!one.failure && <span class="figures small">{percent(one.total ? one.sent / one.total : 0)}</span>}
          <Button
            kind="quiet"
            icon={X}
            label={t("files.cancel", { name: one.name })}
            onClick={() => (one.failure ? drop(one.id) : one.cancel())}
          />
        </li>
      ))}
    </ul>
  );
}

function FileCard({ file }: { file: VideoFile }) {
  const ready = file.status === "ready";
  const middle = Math.floor((file.total_frames ?? 0) / 3);
  return (
    <li>
      <button
        type="button"
        class="card files-card"
        disabled={!ready}
        onClick={() => setQuery({ file: file.file_uuid }, { push: true })}
      >
        <span class="files-picture">
          {ready && (
            <img src={address(`${pathOf(file.file_uuid)}/thumbnail`, { frame: middle })} alt="" loading="lazy" />
          )}
        </span>
        <span class="files-text">
          <strong class="ellipsis" title={file.file_name}>
            {file.file_name}
          </strong>
          <span class="soft small figures">
            {ready
              ? `${duration(file.duration ?? 0)} · ${file.width}×${file.height} · ${size(file.size_bytes)}`
              : t(`files.status.${file.status}`)}
          </span>
          {file.trace_count > 0 && <span class="badge">{t("files.traces", { n: file.trace_count })}</span>}
          {file.damaged && <span class="badge alert">{t("files.damaged")}</span>}
        </span>
      </button>
    </li>
  );
}
