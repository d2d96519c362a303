/** The editor: CodeMirror in a shadow root, where it needs no <style> element, which the page's policy forbids. */
import { autocompletion } from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Text } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { t } from "../../i18n/i18n";
import { check } from "./check";
import { complete, explain } from "./help";
import type { Schema } from "./schema";
import type { Checked } from "./state";
import { theme } from "./theme";

const CHECK_MS = 500; // without a key pressed

/** Make an editor in `host`. `onText` hears of each change; `onSave` of Ctrl+S. */
export function makeEditor(
  host: HTMLElement,
  text: string,
  schema: Schema,
  label: string,
  { onText, onSave }: { onText: (text: string) => void; onSave: () => void },
): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const save = () => {
    onSave();
    return true;
  };
  return new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: "Mod-s", run: save, preventDefault: true }, indentWithTab]),
        basicSetup,
        yaml(),
        theme,
        autocompletion({ override: [complete(schema)], icons: false }),
        explain(schema),
        lintGutter(),
        linter(async (view) => diagnostics(await check(view.state.doc.toString()), view.state.doc), {
          delay: CHECK_MS,
        }),
        phrases(),
        EditorView.contentAttributes.of({
          "aria-label": label,
          spellcheck: "false",
          autocapitalize: "off",
          tabindex: "0",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onText(update.state.doc.toString());
        }),
      ],
    }),
  });
}

/** Show in `host` what `now` changes in `before`. */
export function showChanges(host: HTMLElement, before: string, now: string, label: string): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  return new EditorView({
    root,
    parent: root,
    doc: now,
    extensions: [
      basicSetup,
      yaml(),
      theme,
      phrases(),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
    ],
  });
}

/** The editor's own words in the page's language. */
const phrases = () =>
  EditorState.phrases.of({
    "$ unchanged lines": t("config.unchanged"),
    Find: t("common.search"),
    Replace: t("config.replacement"),
    replace: t("config.replace"),
    "replace all": t("config.replaceAll"),
    next: t("common.next"),
    previous: t("common.previous"),
    all: t("common.all"),
    "match case": t("config.case"),
    regexp: t("config.pattern"),
    "by word": t("config.words"),
    close: t("common.close"),
  });

/** Go to a line (from 1), and put the cursor there. */
export function goTo(view: EditorView, line: number, column = 1): void {
  const found = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  const anchor = Math.min(found.to, found.from + Math.max(0, column - 1));
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
  view.focus();
}

function diagnostics(answer: Checked | null, doc: Text): Diagnostic[] {
  if (!answer) return [];
  const place = (line: number | null, column: number | null = null) => {
    const found = doc.line(Math.min(Math.max(1, line ?? 1), doc.lines));
    const begin = found.text.length - found.text.trimStart().length;
    const from = Math.min(found.to, found.from + (column === null ? begin : Math.max(begin, column - 1)));
    return { from, to: Math.max(from, found.to) };
  };
  return [
    ...answer.errors.map(({ line, column, message, hint }) => ({
      ...place(line, column),
      severity: "error" as const,
      message: hint ? `${message}\n${hint}` : message,
    })),
    ...answer.notices.map(({ line, message }) => ({ ...place(line), severity: "warning" as const, message })),
  ];
}
