/** What the parts of the timeline share: the signals of the page, and what was drawn last. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Content } from "./content";
import { type CameraContent, type Item, LANES, type Lane } from "./items";
import { layout, type Shown } from "./layout";
import { bounded, type View } from "./scale";

export type Phase = "start" | "move" | "end";

export interface TimelineProps {
  /** A row for each. */
  cameras: readonly string[];
  /** The playhead (epoch s): the timeline sets it while the user scrubs, the page while it plays. */
  at: Signal<number>;
  /** A selected span with two handles. */
  range?: Signal<[number, number] | null>;
  /** What is seen; give it to keep it, or to set it. */
  view?: Signal<View>;
  lanes?: readonly Lane[];
  /** Items of the page itself, such as motion that was found. */
  marks?: ReadonlySignal<readonly Item[]>;
  /** Time runs down. */
  vertical?: boolean;
  /** The playhead is moved by the user; a click or a key gives "start" and "end". */
  onScrub?: (at: number, phase: Phase) => void;
  /** An item was clicked; `onScrub` to its start comes before. */
  onPick?: (item: Item) => void;
  label?: string;
}

const FIRST = 3 * 3600; // the span that is seen first
const NO_RANGE = signal<[number, number] | null>(null);
const NO_MARKS = signal<readonly Item[]>([]);

export class Model {
  /** Counts what has come, so that it is drawn. */
  readonly version = signal(0);
  readonly size = signal<[width: number, height: number]>([0, 0]);
  /** Where the mouse is, along and across the axis. */
  readonly hover = signal<[along: number, across: number] | null>(null);
  /** Whether the user moves the playhead: the view does not follow it then. */
  readonly dragged = signal(false);
  readonly content = new Content(() => {
    this.version.value += 1;
  });
  contents: CameraContent[] = [];
  private readonly ownView: Signal<View>;

  constructor(public props: TimelineProps) {
    const at = props.at.peek();
    this.ownView = signal(bounded([at - FIRST / 2, at + FIRST / 2], this.now()));
  }

  get view(): Signal<View> {
    return this.props.view ?? this.ownView;
  }

  get range(): Signal<[number, number] | null> {
    return this.props.range ?? NO_RANGE;
  }

  get marks(): ReadonlySignal<readonly Item[]> {
    return this.props.marks ?? NO_MARKS;
  }

  get lanes(): readonly Lane[] {
    return this.props.lanes ?? LANES;
  }

  get vertical(): boolean {
    return this.props.vertical ?? false;
  }

  now(): number {
    return Date.now() / 1000;
  }

  /** The length of the axis in px. */
  length(): number {
    return this.size.peek()[this.vertical ? 1 : 0] || 1;
  }

  shown(): Shown {
    return {
      view: this.view.peek(),
      length: this.length(),
      layout: layout(this.props.cameras, this.vertical ? this.size.peek()[0] : undefined),
      items: [...this.contents.flatMap(({ items }) => items), ...this.marks.peek()],
      range: this.range.peek(),
      now: this.now(),
    };
  }

  scrub(moment: number, phase: Phase): void {
    this.props.at.value = moment;
    this.props.onScrub?.(moment, phase);
  }

  jump(moment: number): void {
    this.scrub(moment, "start");
    this.scrub(moment, "end");
  }
}
