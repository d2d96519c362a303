import { useState } from "preact/hooks";
import { Dialog } from "../../../components/Dialog";
import { ListSteps, stepIn } from "../../../components/ListSteps";
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
  const step = stepIn(list, id, onStep);
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
            <ListSteps list={list} id={id} step={step} />
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
