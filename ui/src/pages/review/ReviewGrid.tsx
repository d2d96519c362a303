import { Check } from "lucide";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n/i18n";
import { address, fileOf } from "../../lib/api";
import { byDay } from "../../lib/days";
import type { PagedList } from "../../lib/paged-list";
import { clockTime, duration } from "../../lib/time";
import { placeOf, type ReviewItem, titleOf } from "./item";

const HOLD_MS = 450;
const PREVIEW_AFTER_MS = 250;
const LONGEST_PREVIEW_S = 600;

interface Props {
  list: PagedList<ReviewItem>;
  chosen: string[];
  onChoose: (ids: string[]) => void;
  onOpen: (item: ReviewItem) => void;
}

/** The items by day. A long press, or a click with Control, chooses one; then a click chooses more. */
export function ReviewGrid({ list, chosen, onChoose, onOpen }: Props) {
  const rows = list.rows.value;
  const days = useMemo(() => byDay(rows), [rows]);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && void list.more(), {
      rootMargin: "1200px",
    });
    if (end.current) seen.observe(end.current);
    return () => seen.disconnect();
  }, [list, rows.length]);
  const turn = (id: string) => onChoose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <>
      {days.map(({ key, title, rows: items }) => (
        <section key={key} aria-label={title}>
          <h2 class="review-day">{title}</h2>
          <ul class="review-grid">
            {items.map((item) => (
              <Card
                key={item.id}
                item={item}
                chosen={chosen.includes(item.id)}
                choosing={chosen.length > 0}
                onTurn={() => turn(item.id)}
                onOpen={() => onOpen(item)}
              />
            ))}
          </ul>
        </section>
      ))}
      {list.loading.value && !rows.length && (
        <ul class="review-grid" aria-hidden="true">
          {Array.from({ length: 8 }, (_, n) => (
            <li key={n} class="skeleton review-place" />
          ))}
        </ul>
      )}
      <div ref={end} />
    </>
  );
}

interface CardProps {
  item: ReviewItem;
  chosen: boolean;
  choosing: boolean;
  onTurn: () => void;
  onOpen: () => void;
}

function Card({ item, chosen, choosing, onTurn, onOpen }: CardProps) {
  const [moves, setMoves] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const held = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = () => {
    held.current = false;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      held.current = true;
      onTurn();
    }, HOLD_MS);
  };
  const release = () => clearTimeout(timer.current);
  const click = (event: MouseEvent) => {
    release();
    if (held.current) return;
    if (choosing || event.ctrlKey || event.metaKey) onTurn();
    else onOpen();
  };
  const hover = (event: PointerEvent) => {
    if (event.pointerType !== "mouse") return;
    timer.current = setTimeout(() => setMoves(true), PREVIEW_AFTER_MS);
  };
  const leave = () => {
    release();
    setMoves(false);
  };
  const names = ["card review-card", item.severity, item.has_been_reviewed ? "seen" : "", chosen ? "chosen" : ""];
  return (
    <li>
      <button
        type="button"
        class={names.join(" ")}
        aria-pressed={choosing ? chosen : undefined}
        onPointerDown={press}
        onPointerUp={release}
        onPointerCancel={release}
        onPointerEnter={hover}
        onPointerLeave={leave}
        onContextMenu={(event) => held.current && event.preventDefault()}
        onClick={click}
      >
        <span class="review-picture">
          <img src={address(fileOf(item.thumb_path))} alt="" loading="lazy" decoding="async" />
          {moves && <img src={previewOf(item)} alt="" />}
          {item.has_been_reviewed && (
            <span class="review-seen">
              <Icon icon={Check} size={16} label={t("review.seen")} />
            </span>
          )}
          <span class="review-length figures">
            {item.end_time ? duration(item.end_time - item.start_time) : t("explore.goesOn")}
          </span>
        </span>
        <span class="review-text">
          <strong class="ellipsis">{titleOf(item)}</strong>
          <span class="soft small ellipsis">
            <time class="figures">{clockTime(item.start_time)}</time> · {placeOf(item)}
          </span>
        </span>
      </button>
    </li>
  );
}

function previewOf({ camera, start_time, end_time }: ReviewItem): string {
  const end = Math.min(end_time ?? Date.now() / 1000, start_time + LONGEST_PREVIEW_S);
  return address(`api/${encodeURIComponent(camera)}/start/${start_time}/end/${end}/preview.webp`);
}
