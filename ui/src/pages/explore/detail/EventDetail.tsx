import { ChevronLeft, ChevronRight } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Skeleton, Trouble } from "../../../components/states";
import { label, t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { cameraName } from "../../../lib/config";
import { useKeys } from "../../../lib/keys";
import type { PagedList } from "../../../lib/paged-list";
import { useQuery } from "../../../lib/query";
import { fullTime } from "../../../lib/time";
import type { EventRow } from "../event";
import { Actions } from "./Actions";
import { EventPicture } from "./EventPicture";
import { Facts } from "./Facts";
import { LifeCycle } from "./LifeCycle";
import { Why } from "./Why";

interface Props {
  id: string;
  list: PagedList<EventRow>;
  onStep: (id: string) => void;
  onClose: () => void;
}

/** One event: its picture or clip, what happened, why it is an event, and what can be done with it. */
export function EventDetail({ id, list, onStep, onClose }: Props) {
  const path = `api/events/${encodeURIComponent(id)}`;
  const asked = useQuery(`event ${id}`, (signal) => json<EventRow>(path, { signal }), { every: 10_000 });
  const known = list.rows.value.find((row) => row.id === id);
  const event = asked.data ?? known;
  const [moment, setMoment] = useState<number | null>(null);
  const at = list.rows.value.findIndex((row) => row.id === id);
  const step = (by: number) => {
    const other = at < 0 ? undefined : list.rows.value[at + by];
    if (other) onStep(other.id);
    if (at + by > list.rows.value.length - 5) void list.more();
  };
  useKeys([
    { key: "ArrowLeft", does: t("common.previous"), run: () => step(-1) },
    { key: "ArrowRight", does: t("common.next"), run: () => step(1) },
  ]);

  const title = event ? `${label(event.label)} · ${cameraName(event.camera)}` : t("nav.explore");
  return (
    <Dialog title={title} onClose={onClose} wide>
      {!event && asked.error && <Trouble error={asked.error} onRetry={asked.refresh} />}
      {!event && !asked.error && <Skeleton ratio={16 / 9} />}
      {event && (
        <>
          <EventPicture event={event} moment={moment} />
          <div class="row apart">
            <time class="soft small figures">{fullTime(event.start_time)}</time>
            <span class="row">
              <Button
                kind="quiet"
                icon={ChevronLeft}
                label={t("common.previous")}
                disabled={at < 1}
                onClick={() => step(-1)}
              />
              <Button
                kind="quiet"
                icon={ChevronRight}
                label={t("common.next")}
                disabled={at < 0 || at >= list.rows.value.length - 1}
                onClick={() => step(1)}
              />
            </span>
          </div>
          <Actions event={event} list={list} onChanged={asked.refresh} onClose={onClose} />
          <div class="explore-columns">
            <Facts event={event} onChanged={asked.refresh} />
            <LifeCycle event={event} onMoment={setMoment} />
          </div>
          <Why id={event.id} />
        </>
      )}
    </Dialog>
  );
}
