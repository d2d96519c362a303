/** Which page is shown, and with which query. Pages lie one level below the address at which the program is served, so
 * every relative address (`api/…`) works below any prefix, such as Home Assistant's. */
import { batch, computed, signal } from "@preact/signals";

/** The address of the directory that all pages lie in; ends with a slash. */
export const base = new URL(".", document.baseURI);

const place = signal(new URL(location.href));

/** The page's name: "" for live pictures, else such as "review". */
export const page = computed(() => place.value.pathname.slice(base.pathname.length).replace(/\/+$/, ""));

/** The parameters of the page. */
export const query = computed(() => place.value.searchParams);

export type Query = Record<string, string | number | null | undefined>;

/** Return the address of a page; parameters that are null or "" are left out. */
export function href(name: string, parameters: Query = {}): string {
  const url = new URL(name || ".", base);
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(key, String(value));
  }
  return url.pathname + url.search;
}

/** Show another page; `replace` leaves no step back. */
export function navigate(to: string, { replace = false } = {}): void {
  const url = new URL(to, base);
  if (url.href === place.value.href) return;
  const other = url.pathname !== place.value.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  batch(() => (place.value = url));
  if (other) scrollTo(0, 0);
}

/** Change parameters of this page; null removes one. No step back is left, unless `push` says so. */
export function setQuery(changes: Query, { push = false } = {}): void {
  navigate(changed(changes), { replace: !push });
}

/** Return what `query` will be, as text, after `setQuery(changes)`. */
export function queryWith(changes: Query): string {
  return new URL(changed(changes), base).searchParams.toString();
}

function changed(changes: Query): string {
  return href(page.peek(), { ...Object.fromEntries(place.peek().searchParams), ...changes });
}

addEventListener("popstate", () => (place.value = new URL(location.href)));

/** Follow links of the program without loading the page again. */
addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = (event.target as Element | null)?.closest?.("a");
  if (!link || link.target || link.hasAttribute("download") || link.dataset.plain !== undefined) return;
  const url = new URL(link.href);
  const name = url.pathname.slice(base.pathname.length);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname) || name.includes("/") || name.includes("."))
    return;
  event.preventDefault();
  navigate(link.href);
});
