import { useSignal } from "@preact/signals";
import { SlidersHorizontal, X } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../components/Button";
import { Chips } from "../../components/Chips";
import { useOpen } from "../../components/Dialog";
import { SavedFilters } from "../../components/SavedFilters";
import { label, t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { cameraName, cameras } from "../../lib/config";
import { useQuery } from "../../lib/query";
import { href, navigate, setQuery } from "../../lib/router";
import { isoDay } from "../../lib/time";
import { count, type Filters, joined } from "./filters";
import { MoreFilters } from "./MoreFilters";

const TYPED_MS = 350;

/** Words, day, cameras and labels at hand; the other filters in a window. */
export function FilterBar({ filters }: { filters: Filters }) {
  const [more, openMore, closeMore] = useOpen();
  const labels = useQuery("labels", (signal) => json<string[]>("api/labels", { signal })).data ?? [];
  const set = count(filters);
  return (
    <div class="explore-filters">
      <div class="row">
        <Words now={filters.words} />
        <input
          type="date"
          class="input explore-date"
          aria-label={t("explore.day")}
          value={filters.day}
          max={isoDay(Date.now() / 1000)}
          onChange={(event) => setQuery({ day: event.currentTarget.value || null })}
        />
        <Button icon={SlidersHorizontal} onClick={openMore}>
          {set ? t("explore.filtersSet", { n: set }) : t("explore.filters")}
        </Button>
        <SavedFilters page="explore" />
        {(set > 0 || filters.words || filters.day) && (
          <Button kind="quiet" icon={X} onClick={() => navigate(href("explore"))}>
            {t("explore.clear")}
          </Button>
        )}
      </div>
      {cameras.value.length > 1 && (
        <Chips
          label={t("explore.cameras")}
          chosen={filters.lists.cameras}
          options={cameras.value.map(({ name }) => [name, cameraName(name)] as const)}
          onChange={(chosen) => setQuery({ cameras: joined(chosen) })}
        />
      )}
      {labels.length > 1 && (
        <Chips
          label={t("explore.labels")}
          chosen={filters.lists.labels}
          options={labels.map((name) => [name, label(name)] as const)}
          onChange={(chosen) => setQuery({ labels: joined(chosen) })}
        />
      )}
      {more && <MoreFilters filters={filters} onClose={closeMore} />}
    </div>
  );
}

function Words({ now }: { now: string }) {
  const typed = useSignal(now);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // A space at the end is typed before the next word.
    if (typed.peek().trim() !== now) typed.value = now;
    clearTimeout(timer.current);
  }, [now]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (text: string) => {
    typed.value = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ words: text.trim() || null }), TYPED_MS);
  };
  return (
    <input
      type="search"
      class="input explore-words"
      placeholder={t("explore.words")}
      aria-label={t("explore.words")}
      maxLength={500}
      value={typed.value}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}
