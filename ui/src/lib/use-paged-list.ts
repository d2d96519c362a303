/** A list of a page that follows what happens. */
import { useEffect, useMemo } from "preact/hooks";
import { type Ask, type Order, PagedList, type Row } from "./paged-list";
import { listen } from "./socket";

const CALM_MS = 1500; // things come in bursts

/** Return the list that `parameters` ask for; its first page is asked for again after messages of `topic`.
 *
 * `still` tells when that would disturb, as while the user reads further down.
 */
export function usePagedList<T extends Row>(
  parameters: Record<string, string>,
  ask: Ask<T>,
  topic: string,
  still: () => boolean,
  order: Order = "newest",
): PagedList<T> {
  const list = useMemo(() => new PagedList<T>(parameters, ask, order), [JSON.stringify(parameters), order]);
  useEffect(() => {
    void list.more();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ends = listen(topic, () => {
      if (timer || document.hidden || still()) return;
      timer = setTimeout(() => {
        timer = undefined;
        void list.refresh();
      }, CALM_MS);
    });
    return () => {
      clearTimeout(timer);
      ends();
      list.end();
    };
  }, [list]);
  return list;
}
