/** Any moment in two actions: a button with the time opens a line to type in and a calendar. */

import type { ReadonlySignal } from "@preact/signals";
import { CalendarDays } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog, useOpen } from "../components/Dialog";
import { Field } from "../components/Field";
import { Icon } from "../components/Icon";
import { t } from "../i18n/i18n";
import { clockSeconds, clockTime, dayName, fromWall, fullTime, sameDay, wall, zone } from "../lib/time";
import { Calendar } from "./Calendar";
import { parseTime } from "./typed";

interface Props {
  at: ReadonlySignal<number>;
  /** The days on which one of them was recorded are marked. */
  cameras: readonly string[];
  onTime: (at: number) => void;
}

export function TimeField({ at, cameras, onTime }: Props) {
  const [open, show, hide] = useOpen();
  return (
    <>
      <button type="button" class="button timeline-time figures" title={t("timeline.title")} onClick={show}>
        <Icon icon={CalendarDays} />
        <Shown at={at} />
      </button>
      {open && (
        <GoTo
          at={at.peek()}
          cameras={cameras}
          onClose={hide}
          onTime={(moment) => {
            hide();
            onTime(moment);
          }}
        />
      )}
    </>
  );
}

interface GoToProps {
  at: number;
  cameras: readonly string[];
  onClose: () => void;
  onTime: (at: number) => void;
}

function GoTo({ at, cameras, onClose, onTime }: GoToProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const go = (event: Event) => {
    event.preventDefault();
    const now = Date.now() / 1000;
    const moment = parseTime(text, now, zone.value);
    if (moment === null || moment < 0) setProblem(t("timeline.noTime"));
    else onTime(Math.min(moment, now));
  };
  const chosen = (day: { year: number; month: number; day: number }) => {
    const { hour, minute, second } = wall(at);
    onTime(Math.min(Date.now() / 1000, fromWall({ ...day, hour, minute, second })));
  };
  return (
    <Dialog title={t("timeline.title")} onClose={onClose}>
      <form class="timeline-goto" onSubmit={go}>
        <Field
          label={t("timeline.time")}
          hint={t("timeline.hint")}
          problem={problem}
          placeholder={fullTime(at)}
          value={text}
          autocomplete="off"
          autofocus
          onText={(typed) => {
            setText(typed);
            setProblem(undefined);
          }}
        />
        <Button type="submit" kind="main">
          {t("timeline.go")}
        </Button>
        <Button onClick={() => onTime(Date.now() / 1000)}>{t("timeline.now")}</Button>
      </form>
      <Calendar at={at} cameras={cameras} onDay={chosen} />
    </Dialog>
  );
}

function Shown({ at }: { at: ReadonlySignal<number> }) {
  const second = Math.floor(at.value);
  const now = Date.now() / 1000;
  return (
    <>
      <span class="only-wide">{fullTime(second)}</span>
      <span class="only-narrow">
        {sameDay(second, now) ? clockSeconds(second) : `${dayName(second)}, ${clockTime(second)}`}
      </span>
    </>
  );
}
