import { useComputed } from "@preact/signals";
import { Search } from "lucide";
import { Button } from "../../components/Button";
import { Empty, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { href, navigate, query, setQuery } from "../../lib/router";
import { usePagedList } from "../../lib/use-paged-list";
import { EventDetail } from "./detail/EventDetail";
import { EventGrid } from "./EventGrid";
import type { EventRow } from "./event";
import "./explore.css";
import type { Order, PagedList } from "../../lib/paged-list";
import { FilterBar } from "./FilterBar";
import { count, parameters, readFilters } from "./filters";

function order({ query: words, sort }: Record<string, string>): Order {
  if (words || !sort?.startsWith("date")) return "other";
  return sort === "date_asc" ? "oldest" : "newest";
}

/** Return the list that the address asks for; it follows what happens while the page is at its top. */
function useList(asked: Record<string, string>): PagedList<EventRow> {
  return usePagedList<EventRow>(
    asked,
    (given, signal) => json(`api/events${given.query ? "/search" : ""}?${new URLSearchParams(given)}`, { signal }),
    "events",
    () => scrollY > 200,
    order(asked),
  );
}

/** Events by day, with filters; one of them in detail. */
export default function ExplorePage() {
  const filters = useComputed(() => readFilters(query.value)).value;
  const list = useList(parameters(filters));
  const chosen = query.value.get("event");
  const rows = list.rows.value;
  const nothing = !rows.length && !list.loading.value && !list.error.value;

  return (
    <main class="page explore" id="content">
      <div class="page-head">
        <h1>{t("nav.explore")}</h1>
      </div>
      <FilterBar filters={filters} />
      {list.error.value && <Trouble error={list.error.value} onRetry={() => list.more()} />}
      {nothing && (
        <Empty
          icon={Search}
          title={t(count(filters) || filters.words || filters.day ? "explore.nothing" : "explore.none")}
        >
          {(count(filters) > 0 || filters.words || filters.day) && (
            <Button onClick={() => navigate(href("explore"))}>{t("explore.clear")}</Button>
          )}
        </Empty>
      )}
      <EventGrid list={list} onOpen={(event) => setQuery({ event: event.id }, { push: true })} />
      {chosen && (
        <EventDetail
          key={chosen}
          id={chosen}
          list={list}
          onStep={(id) => setQuery({ event: id })}
          onClose={() => setQuery({ event: null })}
        />
      )}
    </main>
  );
}
