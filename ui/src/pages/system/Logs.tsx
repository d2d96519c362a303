import { useSignal } from "@preact/signals";
import { ArrowDownToLine, Download } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Select } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { request } from "../../lib/api";
import { LEVELS, type Level, type LogLine, parseLines, wanted } from "./log";

const KEPT = 5000;
const RETRY_MS = 3000;

/** The log as it grows, by level and words. */
export function Logs() {
  const lines = useLog();
  const [level, setLevel] = useState<Level>("info");
  const [words, setWords] = useState("");
  const [follow, setFollow] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const shown = lines.filter((line) => wanted(line, level, words));
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown.length, shown.at(-1)?.id, follow]);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    setFollow(scrollHeight - scrollTop - clientHeight < 40);
  };
  const save = async () => {
    const text = (await (await request("api/logs/frigate?download=1")).json()) as string;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = "dogwatch.log";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return (
    <>
      <div class="row">
        <Select
          label={t("system.level")}
          bare
          value={level}
          options={LEVELS.map((one) => [one, t(`system.level.${one}`)] as const)}
          onChange={setLevel}
        />
        <input
          class="input system-words"
          type="search"
          placeholder={t("system.words")}
          aria-label={t("system.words")}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <Button icon={ArrowDownToLine} pressed={follow} onClick={() => setFollow(!follow)}>
          {t("system.follow")}
        </Button>
        <Button icon={Download} onClick={save}>
          {t("common.download")}
        </Button>
      </div>
      <div ref={box} class="card system-log" tabIndex={0} role="log" aria-label={t("system.logs")} onScroll={scrolled}>
        {shown.map(({ id, time, part, level: own, message }) => (
          <div key={id} class={own}>
            {time && <time>{time.slice(11)}</time>}{" "}
            {part && <span class="system-part">{part.replace("dogwatch.", "")}</span>} {message}
          </div>
        ))}
        {!shown.length && <p class="soft">{t("system.noLines")}</p>}
      </div>
    </>
  );
}

/** Return the lines; the connection is made again when it ends. */
function useLog(): LogLine[] {
  const lines = useSignal<LogLine[]>([]);
  useEffect(() => {
    const ends = new AbortController();
    void follow(ends.signal, (texts, fresh) => {
      const before = fresh ? [] : lines.peek();
      const last = before.at(-1);
      lines.value = [...before, ...parseLines(texts, (last?.id ?? 0) + 1, last?.level)].slice(-KEPT);
    });
    return () => ends.abort();
  }, []);
  return lines.value;
}

async function follow(signal: AbortSignal, take: (texts: string[], fresh: boolean) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      const { body } = await request("api/logs/frigate?stream=1", { signal });
      const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let fresh = true; ; fresh = false) {
        const { done, value } = await reader.read();
        if (done) break;
        const texts = (rest + value).split("\n");
        rest = texts.pop() ?? "";
        take(texts, fresh);
      }
    } catch {
      /* it is tried again */
    }
    if (!signal.aborted) await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}
