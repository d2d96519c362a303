/** Every component in every state, for who changes one. */
import { Bell, Search, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Chips } from "../../components/Chips";
import { Confirm, Dialog, useOpen } from "../../components/Dialog";
import { Field, Select, Switch } from "../../components/Field";
import { Menu } from "../../components/Menu";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { Tabs } from "../../components/Tabs";
import { setPrefs } from "../../lib/prefs";
import { toast, undoable } from "../../lib/toasts";
import "./styleguide.css";
import { TimelineSample } from "./TimelineSample";

const COLOURS = [
  "surface-0",
  "surface-1",
  "surface-2",
  "surface-3",
  "border",
  "border-strong",
  "text",
  "text-soft",
  "text-faint",
  "accent",
  "accent-soft",
  "alert",
  "alert-soft",
  "detection",
  "detection-soft",
  "motion",
  "motion-soft",
  "good",
  "good-soft",
  "sensor",
  "sensor-soft",
  "export",
  "export-soft",
  "gap",
];
const KINDS = ["plain", "main", "danger", "quiet", "over"] as const;
const wait = () => new Promise((done) => setTimeout(done, 1500));

export default function StyleguidePage() {
  const [tab, setTab] = useState<"one" | "two">("one");
  const [chips, setChips] = useState<string[]>(["person"]);
  const [on, setOn] = useState(true);
  const [dialog, openDialog, closeDialog] = useOpen();
  const [confirm, openConfirm, closeConfirm] = useOpen();
  return (
    <main class="page styleguide" id="content">
      <div class="page-head">
        <h1>Styleguide</h1>
        <Button onClick={() => setPrefs({ theme: "light" })}>Light</Button>
        <Button onClick={() => setPrefs({ theme: "dark" })}>Dark</Button>
      </div>
      <h2>Colours</h2>
      <ul class="styleguide-colours">
        {COLOURS.map((name) => (
          <li key={name} class="small">
            <div style={{ background: `var(--${name})` }} />
            {name}
          </li>
        ))}
      </ul>
      <h2>Buttons</h2>
      {KINDS.map((kind) => (
        <div key={kind} class="row">
          <Button kind={kind}>{kind}</Button>
          <Button kind={kind} icon={Bell}>
            with icon
          </Button>
          <Button kind={kind} icon={Trash2} label="icon alone" />
          <Button kind={kind} pressed>
            pressed
          </Button>
          <Button kind={kind} disabled>
            disabled
          </Button>
          <Button kind={kind} onClick={wait}>
            busy when clicked
          </Button>
        </div>
      ))}
      <h2>Fields</h2>
      <div class="styleguide-fields">
        <Field label="Name" hint="What others see" placeholder="Front door" />
        <Field label="Port" value="99999" problem="A port is at most 65535." />
        <Select
          label="Camera"
          value="a"
          options={[
            ["a", "Front"],
            ["b", "Back"],
          ]}
          onChange={() => {}}
        />
        <Switch label={on ? "On" : "Off"} checked={on} onChange={setOn} />
        <Switch label="Disabled" checked={false} disabled onChange={() => {}} />
      </div>
      <h2>Chips, badges, tabs, menu</h2>
      <Chips
        label="Labels"
        chosen={chips}
        onChange={setChips}
        options={[
          ["person", "Person"],
          ["car", "Car"],
          ["dog", "Dog"],
        ]}
      />
      <div class="row">
        {["", "alert", "detection", "good", "sensor", "export"].map((kind) => (
          <span key={kind} class={`badge ${kind}`}>
            {kind || "plain"}
          </span>
        ))}
      </div>
      <Tabs
        label="Parts"
        value={tab}
        tabs={[
          ["one", "One"],
          ["two", "Two"],
        ]}
        onChange={setTab}
      />
      <Menu label="More" items={[{ text: "First" }, { text: "Second", icon: Trash2 }]} />
      <h2>Timeline</h2>
      <TimelineSample />
      <h2>States</h2>
      <Trouble error={new Error("The camera does not answer.")} onRetry={wait} />
      <Skeleton height={48} />
      <div class="card">
        <Empty icon={Search} title="Nothing was found">
          <p>No event passes these filters.</p>
          <Button>Clear the filters</Button>
        </Empty>
      </div>
      <h2>Windows and messages</h2>
      <div class="row">
        <Button onClick={openDialog}>Window</Button>
        <Button onClick={openConfirm}>Question</Button>
        <Button onClick={() => void toast("Saved")}>Message</Button>
        <Button onClick={() => void toast("The disk is full", { bad: true })}>Error</Button>
        <Button onClick={() => undoable("Deleted", wait, () => {})}>With undo</Button>
      </div>
      {dialog && (
        <Dialog title="A window" onClose={closeDialog}>
          <p>It keeps the focus until it is closed.</p>
        </Dialog>
      )}
      {confirm && (
        <Confirm title="Delete the camera?" action="Delete" onConfirm={wait} onClose={closeConfirm}>
          <p>Its recordings go too.</p>
        </Confirm>
      )}
    </main>
  );
}
